"""The words by which a question shows what it asks for. All expect normalised text: NFKC, simplified, lower case."""

import re


def any_of(*patterns: str) -> re.Pattern[str]:
    """One pattern that finds any of several."""
    return re.compile("|".join(patterns))


CONTACT = any_of(
    r"(?:电话|手机号|号码|热线|联系方式|邮箱|邮件地址|网址|网站|官网|公众号|地址|办公地点|传真|微信号)(?:是|多少|号码|呢|吗|\?|$|在|怎么|有|给|叫|为)",
    r"(?:什么|哪个|哪一个|哪些|打|拨打?|的|几个).{0,4}(?:电话|热线|号码|邮箱|网址|网站|公众号|地址)",
    r"怎么联系|联系方式|电话预约|几点|首末班|末班车|首班车|(?:营业|开放|上班|办公|工作|开课|收运|投放|服务)时间|时间段|时段",
    r"(?:星期|周)[几末天日一二三四五六].{0,6}(?:开|上班|上课|有|营业|关|休|能)|每?周几|星期几|每?逢?周末|节假日",
    r"哪条街|哪条路|哪条道|门牌|哪栋|哪层|具体位置|具体地址|几楼|几号楼|坐几路|怎么走|怎么去",
    r"phone|telephone|e-?mail|\baddress|(?:opening|office|business|working) (?:hours|times)|website|what time|contact"
    r"|hotline|which street|\blocated\b.{0,12}(?:office|bureau|commission)"
    r"|(?:office|bureau|commission).{0,24}\blocated\b"
    r"|when does .{3,40} (?:open|close)",
)
OWN_NUMBER = any_of(
    r"我的(?:手机号|号码|电话)|需要.{0,3}(?:手机号|电话号)|(?:有人|有个人|人).{0,4}打(?:个|了)?电话|验证码",
)
PERSON = any_of(
    r"(?:局长|处长|主任|区长|书记|科长|负责人|联系人|市长|(?<!组织)领导|经理|站长).{0,6}(?:谁|叫|名字|姓|哪位|$|\?)",
    r"(?:谁|哪位|哪个|哪一位)(?:是|当|任)?.{0,8}(?:局长|处长|主任|区长|书记|市长|站长|老总|老板|评委|专家)",
    r"(?:负责人|联系人|领导|评委).{0,4}(?:姓名|名字)|老总.{0,4}谁|评委.{0,4}谁",
    r"name of the (?:director|mayor|head)|who is the (?:director|mayor|head)",
)
MONEY = any_of(
    r"多少钱|多少元|多少万元|几块|几毛|几元|多少费|价格|单价|收费|票价|门票|工资|薪|奖金|利率|利息|面值|面额",
    r"值多少|等于多少|满多少|减多少|罚多少|罚款多少|补贴标准|补贴多少|补多少|补助多少|奖励多少|多少奖",
    r"补贴几|(?<![哪好])几(?:百|千|万(?!吨|平))|给多少(?!分)|卖多少|花多少|投资多少|投入多少|预算",
    r"奖金|票钱|报价|(?:收|要|花|交)不(?:收|要|花|交)(?:钱|费)|要不要(?:交|花|收|付)?(?:钱|费)|免费|(?:要|收|花|交)(?:钱|费)吗",
    r"资金规模|补贴金额|奖励金额|贴息|每(?:平|吨|辆|台|人|斤|张).{0,6}补",
    r"how much money|how much is (?:a|one|the)|cost|price|\bfees?\b|salary|worth",
    r"subsidy (?:amount|for)|interest rate|budget",
)
_COUNTED = "家个栋类种强成吨座所人场倍亿位条项次分元辆亩颗棵里点站台班期批天"
FIGURE = any_of(
    rf"多少|百分之|几个(?:百分)?点|几成|(?<![哪好这那])几(?:[{_COUNTED}]|公里|平方|分钟|小时)|多大|多高|多长|多久|多重|几级|什么标准",
    r"(?:率|占比|比例|余额|数量|总量|面积|目标|指标|增速|增幅|规模|目标值)(?:各|分别)?(?:是|呢|有|要|为|目标|指标|定|\?|$)",
    r"how many|how much|how long|what (?:is the )?(?:share|percentage|rate|proportion|number|ratio)",
    r"what .{0,40}(?:target|rate|ratio|coverage|balance)|target for",
)
STRONG_FIGURE = any_of(r"多少|百分之|几|多大|多高|多长|多久|how m|how b|what share|percent|比例|率|余额|占比|面积|量")
WIDER = any_of(r"全国|全市|重庆市?(?!.{0,6}渝中)(?:的|要|绿|生|有|到|20)")
IS_THE_UNIT = any_of(r"(?:参与|配合|负责|牵头|主管|分管|管)(?:的)?(?:吗|么|不|没有|没|对吗|对不对|是吗)")
PRICE = any_of(
    r"利率|利息|面值|面额|票价|门票|单价|工资|薪|奖金|预算|投资|租金|运费|学费|interest|salary|ticket|budget"
)
WHO = any_of(
    r"谁|哪个(?:部门|单位|委|局|机构)|哪些(?:部门|单位|委|局)|哪几个(?:部门|单位)|什么(?:部门|单位)",
    r"是谁的(?:活|事|责任|任务)|牵头|责任单位|归.{0,8}管|主管|(?<!怎么)(?<!如何)配合|由.{0,3}负责|负责(?:的是|单位|部门|人|方)",
    r"\bwho\b|which (?:department|bureau|agency|unit|office|authority|commission)s?|responsible|in charge|\bleads?\b",
)
_LEADS = r"(?:牵头|负责|主管|领头|挑头|在抓|来抓|参与|分工|责任)"
_OFFICE = r"(?:谁|哪家|哪几家|哪(?:[一两二三几23]?个|[一两二三几23]家|些)(?:单位|部门|局|委|机关|机构|管委会|部委))"
OFFICE = any_of(
    rf"{_OFFICE}.{{0,8}}{_LEADS}|{_LEADS}.{{0,8}}{_OFFICE}|{_OFFICE}?有没有.{{0,2}}责任",
    r"哪个机关|哪个局|哪些管委会",
)
NAMED_IN = any_of(r"(?:在|是)?(?:哪里|哪儿|哪|什么地方)(?:提|写|说|讲|出现)")
WHEN = any_of(
    r"什么时候(?!才)|啥时候?(?!才)|何时|几时|什么时间|哪年|哪一年|哪天|哪一天|几月|几号|日期|哪几年",
    r"\bwhen\b|what year|what date",
)
WHERE = any_of(
    r"(?<![往朝向])哪[里儿]|(?<!用)在哪(?!(?:些|几个?)?(?:领域|方面|行业|环节))|位于|哪个片区|哪片|[哪什]么?个?位置|什么地方|哪个地方|路线|线路|走向|途经|\bwhere\b"
)
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
# What a person does, as against what the district does: only instructions to the reader answer how it is done.
GETS = any_of(
    r"(?:怎么|如何|咋个?)开(?:$|\?|个|一个|立)|申请|申报|申领|报名|注册|开户|开通|预约|办理|登记(?!及)|参选|参评|参赛|参加|加入|入驻|入选|领取|投稿|签约|应聘",
    r"竞标|投标|中标|审批|挂牌|(?:怎么|如何|咋个?|哪里|哪儿|在哪)(?:能|可以|去)?(?:买|订)",
    r"(?:要|交|带|提交|准备|需要|哪些|什么).{0,6}(?:材料|资料|手续|证件|证明)|(?:办理|申请|操作|报名|审批)?流程(?:是|有|呢|怎|\?|$)",
    r"\bapply|\bapplication|\bregister|sign up|\benrol",
    r"documents? (?:are |do )?.{0,8}(?:need|require)|\bjoin\b|\bbook\b",
)
UNDOES = any_of(
    r"提现|变现|折现|兑现|转让|转赠|转给|赠送|送人|送给|找零|退款|退货|退券|退回|退不退|能退|可以退|退吗|续期|延期|补办|挂失|叠加|合并使用|补发"
    r"|(?:会不?会?|什么时候|多久|几时|何时).{0,4}过期|过期(?:吗|没|时间|作废)",
    r"\btransfer|\brefund|\bexpire|\bcash out",
)
ASKS_HOW = any_of(
    r"怎么|怎样|如何|咋|流程|步骤|手续|材料|资料|条件|什么|要不要|能不能|可不可以|会不会|可以|能|吗|不$|在哪|哪里|哪儿|什么时候|截止|哪些",
    r"\bhow\b|\bcan i\b|\bdo i\b|what .{0,30}(?:need|require)|\bwhere\b|\bwhen\b",
)
STANDARD = any_of(
    r"(?:标准|条件|资格|门槛|要件|办法|细则|规范|评价指标|打分表)(?:各)?(?:是|有|为|呢|叫|怎么|如何|\?|$)|什么(?:样的)?(?:标准|条件|资格)|怎么才算|如何才算|怎样才算",
    r"(?:标准|条件|要求).{0,6}才算|(?:怎么|怎样|如何|咋个?|谁来)(?:评(?!价能)|评选|评定|评分|打分|认定|考核|验收|计分|分配|划分|界定|换算|折算)",
    r"\bcriteria\b|what (?:are|is) the (?:requirements?|standards?|conditions?|eligibility)",
)
REASON = any_of(r"为什么|为何|为啥|凭什么|原因|出于什么考虑|咋个要|\bwhy\b|reasons? for")
BECAUSE = any_of(
    r"因为|由于|为了|为深入|旨在|以便|关键环节|重要支撑|基础之策|内在要求|目的是|避免|防止|依据是|据此",
)
_SOME = r"[两二三四五六七八九十\d]{1,2}"
MEMBERS = any_of(rf"哪(?P<count>{_SOME})(?![年天月])")
FULL_TEXT = any_of(
    r"(?:具体|详细|全部)?(?:内容|条款|细则|全文|原文|条文)(?:是|有|呢|都|包|$|\?)|有哪.{1,2}条|第[\d一二三四五六七八九十]+条(?:是|讲|说|写)"
)
PROGRESS = any_of(
    r"(?:建|完|开|做|装|改|改造|落实|实现|打造|培育|修|投用|启用|达)(?:好|成|工|完|起|到|标)?(?:了|没)(?:吗|没|没有|么|不|多少|几|$|\?)",
    r"完工|竣工|进展|进度|到哪一?步|落实(?:得|的)(?:怎么样|如何)",
    r"(?:多少|几|哪).{0,8}已经|已经?.{0,12}(?:多少|几|哪|吗|了没)|完成(?:情况|了多少|率)|(?:现在|目前|如今|眼下).{0,10}(?:是|有|到|达到|为)?(?:多少|几|哪)",
    r"(?:现在|目前|如今|眼下).{0,6}是什么水平",
    r"progress so far|already (?:built|reached|done)|(?:exist|are there) (?:today|now)|current(?:ly)?\b",
)
DUTIES = any_of(
    r"(?:哪|什么|几|多少).{0,6}(?:任务|工作|事项|事|项|条|职责)|做什么|干什么|管什么|管哪",
    r"负责什么|负责哪|牵头什么|牵头哪|牵头了|参与哪|what .{0,40}(?:lead|responsible for)",
)
RESPONSIBLE = any_of(
    r"是谁的|负责|牵头|责任|主管|领头|挑头|在抓|来抓|分工|参与|哪个局|管委会|归.*管|管$|管\?|配合|部门|单位|谁来|谁管|谁抓|由谁",
    r"who|which|responsible|lead|charge",
)
MAKES = any_of(
    r"找谁来|谁来(?:参与|组建|提供|探索|出)|谁(?:可以|能)|参与的是谁|由谁(?:组建|建设|开发|提供|出钱|投资|运营)|为核心|合作|组成"
)
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
    r"|从哪一?年.{0,4}到哪一?年|那几年的?$"
)
