"""Is a question about throwing something away, or about documents that speak of waste?"""

from __future__ import annotations

import re

from knowledge.waste.types import Category

_CLASS = "(?:可回收|有害|厨余|其他|湿|干|餐厨|易腐)"
_ASKS = re.compile(
    "|".join(
        (
            "(?:扔|丢|甩|投放?|倒|放)[到进在去入掉哪什啥]",
            "(?:怎么|怎样|如何|咋个?)样?(?:扔|丢|甩|倒|投放?|分类?|处理|处置|回收|办(?!理)|弄)",
            "(?:什么|啥子?|哪种|哪类|哪一类|何种|哪个)(?:垃圾|桶|类)",
            f"(?:属于|算|是|归)(?:不是)?(?:什么|哪|啥|{_CLASS})",
            f"{_CLASS}(?:垃圾|物)?(?:吗|么|还是)",
            "(?:垃圾|桶)(?:里面?|中)?(?:可不可以|能不能|可以|能)(?:放|扔|丢)",
            "(?:能|可以|可不可以|能不能)(?:直接)?(?:回收|扔|丢)",
            "往(?:哪|什么|啥)(?:里|儿|边|个桶)?(?:投|丢|扔|甩|倒|放)",
            "(?:怎么|怎样|如何|咋个?)(?:归类|甩)",
            "[废旧剩坏烂脏].{0,8}(?:怎么|怎样|如何|咋个?)算",
            "(?:能不能|可不可以|可以|能)(?:倒|扔|丢|放|投).{0,6}(?:垃圾|桶|马桶|下水道)",
            r"\bwhere (?:do|does|should|can|to)\b.{0,60}\b(?:go|put|belong)\b",
            r"\bdispos(?:e|al)\b",
            r"\b(?:throw|bin|dispose|recycl\w*|sort|trash|garbage|rubbish)\b",
        )
    )
)
_PLAINLY = re.compile(
    f"扔|丢|甩|投放|(?:什么|啥子?|哪种|哪类|哪个)(?:垃圾|桶)|{_CLASS}(?:垃圾|物)"
    r"|throw|\bbins?\b|dispose|recycl|trash|garbage"
)
_CLASS_NAMES = (
    (Category.KITCHEN, re.compile("^(?:厨余|餐厨|湿|易腐)")),
    (Category.OTHER, re.compile("^(?:其[他它]|干)")),
    (Category.RECYCLABLE, re.compile("^(?:可回收|再生)")),
    (Category.HAZARDOUS, re.compile("^有害")),
)
_QUESTION_WORDS = re.compile("什么|哪|多少|怎|咋|如何|为何|谁|[吗么呢几？?]")
_ENGLISH_QUESTION = re.compile(r"\b(?:how|what|where|when|who|why|which|is|are|do|does|can|could|should|will)\b")
_MOST_ENGLISH_WORDS = 6
_ERRAND = re.compile(
    "买|购|(?<!池)没电|维修|修[理好缮]|推荐|申请|预约|领[取到]?|办理|登录|绑定|报名|喜欢|价格|销量|数量|品牌|新闻|公司|工厂"
)
_DOCUMENTS = re.compile(
    r"20\d\d年?|计划|目标|利用率|覆盖率|回收率|占比|比例|百分|%|资源化|万吨|多少|几个|几家|体系|政策|条例|办法|规定|罚|标准|责任|牵头|负责|"
    r"部门|单位|网点|站点|试点|建设|推进|推动|打造|任务|专栏|产业|企业|项目|积分|消费券|优惠|补贴|以旧换新|碳|为什么|意义|好处|依据|"
    r"哪些|有什么|包括|四类|几类|分类标准|电话|地址|在哪(?:里|儿)?(?:办|领|查|兑)|几点|营业|两网融合|上门回收|\b(?:target|plan|rate|percent|policy)\b"
)
_CLASSES = re.compile(
    r"^(?:生活|厨余|餐厨|可回收|有害|其他|其它|湿|干|易腐|再生)?(?:垃圾|废物|废弃物|回收物|资源)(?:分类|桶|箱)?$|^可回收$"
)


def asks_where_to_throw(question: str) -> bool:
    """The sentence has the shape of a sorting question."""
    return bool(_ASKS.search(question))


def asks_nothing(text: str) -> bool:
    """No word of a question in it: a bare name, as people type into a search field."""
    return not _QUESTION_WORDS.search(text)


def is_short_english(text: str) -> bool:
    """`broken refrigerator`: a noun phrase of a few English words, no sentence that asks."""
    return text.isascii() and len(text.split()) <= _MOST_ENGLISH_WORDS and not _ENGLISH_QUESTION.search(text)


def runs_an_errand(text: str) -> bool:
    """The sentence wants a thing bought, mended, applied for or counted, not thrown away."""
    return bool(_ERRAND.search(text))


def asks_plainly(question: str) -> bool:
    """The sentence speaks of throwing away or of bins in so many words; "how is … dealt with" is not enough."""
    return bool(_PLAINLY.search(question))


def speaks_of_documents(question: str) -> bool:
    """The sentence wants a figure, a duty, a rule or a list: what documents answer."""
    return bool(_DOCUMENTS.search(question))


def names_a_class(name: str) -> bool:
    """`厨余垃圾` is a class of waste, not a thing to throw away."""
    return bool(_CLASSES.match(name))


def class_named(name: str) -> Category | None:
    """The class that a former or current name of it means: 湿垃圾, 易腐垃圾 and 餐厨垃圾 are today's kitchen waste."""
    if not names_a_class(name):
        return None
    return next((category for category, words in _CLASS_NAMES if words.match(name)), None)
