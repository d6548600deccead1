"""The words by which a question shows what it asks for. All expect normalised text: NFKC, simplified, lower case."""

import re


def any_of(*patterns: str) -> re.Pattern[str]:
    """One pattern that finds any of several."""
    return re.compile("|".join(patterns))


CONTACT = any_of(
    r"(?:电话|手机号|号码|热线|联系方式|邮箱|邮件地址|网址|网站|官网|公众号|地址|办公地点|传真|微信号)(?:是|多少|号码|呢|吗|\?|$|在|怎么|有|给|叫|为)",
    r"(?:什么|哪个|哪一个|哪些|打|拨打?|的|几个).{0,4}(?:电话|热线|号码|邮箱|网址|网站|公众号|地址)",
    r"怎么联系|联系方式|电话预约|几点|首末班|末班车|首班车|营业时间|开放时间|上班时间|办公时间|工作时间",
    r"哪条街|哪条路|哪条道|门牌|哪栋|哪层|具体位置|具体地址|几楼|几号楼|坐几路|怎么走|怎么去",
    r"phone|telephone|e-?mail|\baddress|opening hours|website|what time|contact|hotline|which street",
)
OWN_NUMBER = any_of(
    r"我的(?:手机号|号码|电话)|需要.{0,3}(?:手机号|电话号)|(?:有人|有个人|人).{0,4}打(?:个|了)?电话|验证码",
)
PERSON = any_of(
    r"(?:局长|处长|主任|区长|书记|科长|负责人|联系人|市长|(?<!组织)领导|经理|站长).{0,6}(?:谁|叫|名字|姓|哪位|$|\?)",
    r"(?:谁|哪位)(?:是|当|任)?.{0,8}(?:局长|处长|主任|区长|书记|市长|站长)",
    r"name of the (?:director|mayor|head)|who is the (?:director|mayor|head)",
)
MONEY = any_of(
    r"多少钱|多少元|多少万元|几块|几毛|几元|多少费|价格|单价|收费|票价|门票|工资|薪|奖金|利率|利息|面值|面额",
    r"值多少|等于多少|满多少|减多少|罚多少|罚款多少|补贴标准|补贴多少|补多少|补助多少|奖励多少|多少奖",
    r"补贴几|(?<![哪好])几(?:百|千|万(?!吨|平))|给多少|卖多少|花多少|投资多少|投入多少|预算",
    r"how much money|how much is (?:a|one|the)|cost|price|\bfee|salary|worth",
)
_COUNTED = "家个栋类种强成吨座所人场倍亿位条项次分元辆亩颗棵里"
FIGURE = any_of(
    rf"多少|百分之|(?<![哪好这那])几(?:[{_COUNTED}]|公里|平方|分钟|小时)|多大|多高|多长|多久|多重|几级|什么标准",
    r"(?:率|占比|比例|余额|数量|总量|面积|目标|指标|增速|增幅|规模|目标值)(?:各|分别)?(?:是|呢|有|要|为|目标|指标|定|\?|$)",
    r"how many|how much|how long|what (?:is the )?(?:share|percentage|rate|proportion|number|ratio)",
    r"what .{0,40}(?:target|rate|ratio|coverage|balance)|target for",
)
STRONG_FIGURE = any_of(r"多少|百分之|几|多大|多高|多长|多久|how m|how b|what share|percent|比例|率|余额|占比|面积|量")
WIDER = any_of(r"全国|全市|重庆市?(?!.{0,6}渝中)(?:的|要|绿|生|有|到|20)")
WHO = any_of(
    r"谁|哪个(?:部门|单位|委|局|机构)|哪些(?:部门|单位|委|局)|哪几个(?:部门|单位)|什么(?:部门|单位)",
    r"牵头|责任单位|归.{0,8}管|主管|(?<!怎么)(?<!如何)配合|由.{0,3}负责|负责(?:的是|单位|部门|人|方)",
    r"\bwho\b|which (?:department|bureau|agency|unit|office|authority|commission)s?|responsible|in charge|\bleads?\b",
)
_LEADS = r"(?:牵头|负责|主管|领头|挑头|在抓|来抓|参与|分工|责任)"
_OFFICE = r"(?:谁|哪家|哪几家|哪个(?:单位|部门|局|委|机关)|哪些(?:部门|单位|委|局|管委会))"
OFFICE = any_of(
    rf"{_OFFICE}.{{0,8}}{_LEADS}|{_LEADS}.{{0,8}}{_OFFICE}|{_OFFICE}?有没有.{{0,2}}责任",
    r"哪个机关|哪个局|哪些管委会",
)
WHEN = any_of(
    r"什么时候(?!才)|啥时候(?!才)|何时|哪年|哪一年|哪天|哪一天|几月|几号|日期|哪几年|\bwhen\b|what year|what date",
)
WHERE = any_of(r"哪里|哪儿|(?<!用)在哪|位于|哪个片区|哪片|什么地方|哪个地方|\bwhere\b")
NAME = any_of(
    r"是哪(?:一)?家|是哪几家|哪家(?!里)|哪几家|哪些(?:企业|公司)(?!.{0,6}(?:政策|支持))",
    r"叫什么名字|什么名字|名单",
)
ISSUED = any_of(r"印发|发布|出台|颁布|下发|发的|公布|制定的|\bissued?\b|\bpublish")
CURRENT = any_of(
    r"现在(?!叫|要求)|目前|当前|现有|已经|截至|如今|眼下|去年|今年",
    r"currently|so far|right now|at present|already|today",
)
PLANNED = any_of(r"目标|计划|要求|到20\d\d|将|target|plan")
CONFIRMS = any_of(r"对吗|对不对|是不是|是否|对吧|是吗|真的吗|吗\??$|没错吧", r"\bright\?|is it true|isn't it")
HOW_TO = any_of(r"怎么|怎样|如何|咋|流程|步骤|\bhow (?:do|can|to)\b")
REMEDY = any_of(r"不了|不能|无法|失败|丢失|遗失|打不开|没有收到|手动|重新")
TROUBLE = any_of(
    r"咋整|咋办|咋个办|怎么(?:办|弄)(?!理)|坏了|坏掉|没电|没带|忘|丢了|不见了|死机|打不开|what if|broke|lost my"
)
DUTIES = any_of(
    r"(?:哪|什么|几|多少).{0,6}(?:任务|工作|事项|事|项|条|职责)|做什么|干什么|管什么|管哪",
    r"负责什么|负责哪|牵头什么|牵头哪|牵头了|参与哪|what .{0,40}(?:lead|responsible for)",
)
RESPONSIBLE = any_of(
    r"负责|牵头|责任|主管|领头|挑头|在抓|来抓|分工|参与|哪个局|管委会|归.*管|管$|管\?|配合|部门|单位|谁来|谁管|谁抓|由谁",
    r"who|which|responsible|lead|charge",
)
MAKES = any_of(r"由谁(?:组建|建设|开发|提供|出钱|投资|运营)|为核心|合作|组成")
ASKS_ANYTHING = any_of(r"什么|哪|怎么|如何|吗|呢|为何|怎样|是否", r"what|how|why|which|can |do ")
ANNEX = any_of(r"附件\s*([12一二])?|任务分工表|分解表|分解到|annex|appendix")
_PLAN_NAMED = (
    r"(?:《|》|这个|这份|该|渝中区?|加快推动绿色产业高质量发展|三年|行动|计划|方案|文件|\(.{0,12}\)|里面?|中|的|,|\s)*"
)
_ITEM_NAMED = r"(?:第.{1,4}?[条项点]|专栏\s*[\d一二三])"
_ITEM_ASKED = (
    r"(?:任务|要求|主要|具体|的|都|是|讲|说|写|内容|规定|介绍|了|关于|些|什么|哪些|啥子?|方面|题目|标题|一下|呢)*"
)
WHOLE_ITEM = any_of(
    rf"^(?:请问|请|想知道|介绍|说说|讲讲|看看|一下)*{_PLAN_NAMED}{_ITEM_NAMED}(?:[和与、及,]{_ITEM_NAMED})*{_ITEM_ASKED}\??$",
    r"what (?:is|does) (?:item|box) \d+|(?:item|box) \d+ (?:about|say)",
)
_SUBJECT = r"([^,。?!是]{2,16}?)"
MEANING = any_of(
    rf"^(?:请问)?(?:什么是|什么叫|何为|何谓|啥是|啥叫|啥子是|啥子叫){_SUBJECT}\??$",
    rf"^(?:请问)?{_SUBJECT}(?:到底)?(?:是|指)(?:个|一个)?(?:的是)?(?:什么|啥子?)(?:意思|东西|概念)?\??$",
    rf"^(?:请问)?{_SUBJECT}的?(?:什么|啥)(?:意思|含义)\??$|^{_SUBJECT}的(?:定义|含义|意思)(?:是什么)?\??$",
    r"^what (?:is|are) (?:a |an |the )?([a-z -]{3,30})\??$|^what does ([a-z0-9 -]{3,30}) mean",
)
COMPARES = any_of(
    r"区别|不同|差别|差异|差多少|对比|比较|相比|哪个(?:更)?(?:高|大|多)|一样吗|一回事",
    r"difference between|\bversus\b|\bvs\b|\bdiffer|compare|higher|lower",
)
OVERVIEW = any_of(r"计划|方案|文件|这份|plan|document")
PLAN_YEARS = any_of(
    r"(?:管|覆盖|适用|期限|实施|有效).{0,4}(?:哪几年|几年|多久|哪些年|到哪一?年)|哪几年|多少年|到哪一?年为止"
)
