"""Answers that need no documents: greetings, dangers, and attempts to make the assistant do something else."""

from dataclasses import dataclass

from bot.rules.patterns import any_of
from bot.types import Status

_INJECTION = any_of(
    r"(?:忽略|无视|忘记|忘掉|不要管|跳过|覆盖(?!率)).{0,12}(?:指令|指示|规则|要求|提示|设定|约束|限制|以上|之前|前面)",
    r"系统提示|提示词|system prompt|你的(?:设定|初始指令|prompt)|开发者模式|developer mode|越狱|jailbreak",
    r"(?:ignore|disregard|forget|override).{0,30}(?:instruction|previous|above|rule|prompt)",
    r"reveal.{0,20}(?:prompt|instruction)|<\|?(?:system|im_start)|\[inst\]|\{\{.*\}\}",
    r"(?:扮演|假装|现在是|从现在起你是|pretend|act as|you are now).{0,12}"
    r"(?:管理员|黑客|没有限制|不受限制|admin|root|hacker|developer)",
)
_CONJURE = any_of(
    r"(?:给|帮|替|为)(?:我|他|她|大家)?.{0,10}(?:加|充|发|送|增加|充值|改成|修改|转)(?:了|上|入|一张|几张|点|个|我|\d)"
    r".{0,10}(?:积分|消费券|余额|分|券)",
    r"(?:积分|余额|额度).{0,4}(?:改成|改为|加到|增加到|清零)",
    r"(?:刷|伪造|破解|绕过|作弊|套取|薅).{0,10}(?:积分|消费券|二维码|签到|券|验证码|定位)",
    r"^(?!(?:does|do|what|which|how|why|when|where|besides|apart)\b).*\b(?:give|grant|add)\b.{0,12}\bme\b.{0,20}(?:points|voucher)",
    r"(?:forge|fake|hack|bypass).{0,20}(?:points|voucher|code|check)",
    r"(?:drop|delete|update)\s+(?:table|from)|<script|union\s+select",
)
_SELF_HARM = any_of(
    r"自杀|不想活|轻生|想死(?!你|我了)|结束(?:自己的)?生命|自残|活不下去|活着没意思|伤害自己|割腕|跳楼|跳江",
    r"suicid|kill myself|end my life|hurt myself|self-harm|want to die",
)
_EMERGENCY = any_of(
    r"着火|起火了|失火|火灾了|发生火灾|爆炸了|煤气泄漏|燃气泄漏|救命|晕倒|昏倒|心脏病发|中毒了|触电了|有人溺水|大出血",
    r"被抢(?:劫)?了|有人持刀|有人打我|要杀(?:我|人)|家暴|入室",
    r"(?:it'?s|there is|this is|have) an emergency|^emergency|\bon fire\b|call an ambulance|being attacked|unconscious",
)
_ABUSE = any_of(r"傻[逼比x]|他妈的|操你|去死吧|滚蛋|王八蛋|fuck|\bshit\b|\bidiot\b|stupid bot")
_GREETING = any_of(
    r"^(?:你好|您好|hi|hello|hey|嗨|哈喽|早上好|上午好|下午好|晚上好|早|good (?:morning|afternoon|evening)|在吗|有人吗)"
    r"(?:呀|啊|吗|there)?[!。.?~, ]*$",
)
_THANKS = any_of(
    r"^(?:非常|太|十分)?(?:谢谢|多谢|感谢|thanks|thank you|thx|再见|拜拜|bye|goodbye)"
    r"(?:你|您|啦|了|very much|a lot|so much|你的帮助|您的帮助)?[!。.~ ]*$",
)
_IDENTITY = any_of(
    r"^(?:你|您)(?:是谁|叫什么|是什么|能做什么|能干什么|会什么|可以做什么|能帮我什么|有什么功能)",
    r"^(?:你|您)是(?:机器人|人工智能|ai|真人)吗",
    r"^(?:who are you|what can you do|what are you|are you (?:a bot|human|an ai))",
)


@dataclass(frozen=True, slots=True)
class Fixed:
    """An answer in fixed words, Chinese and English."""

    status: Status
    zh: str
    en: str


GREETING = Fixed(
    Status.ANSWERED,
    "您好！我可以回答《渝中区加快推动绿色产业高质量发展三年行动计划（2025—2027年）》里的指标、任务和责任单位，也能说明绿色积分、消费券和垃圾分类怎么用。请问您想了解什么？",
    "Hello! Ask me about the figures, tasks and responsible departments of Yuzhong's green industry action plan "
    "(2025-2027), or about green points, vouchers and waste sorting.",
)
THANKS = Fixed(Status.ANSWERED, "不客气，欢迎随时再问。", "You are welcome. Ask again any time.")
IDENTITY = Fixed(
    Status.ANSWERED,
    "我是渝中绿色积分的智能问答，只根据收录的公开文件作答，并注明出处；文件里没有的，我会直接说没有。人工咨询请拨打12345。",
    "I am the assistant of Yuzhong Green Points. I answer only from the public documents that I hold, with the "
    "source, and say so when they do not tell. For a person, call 12345.",
)
SELF_HARM = Fixed(
    Status.ANSWERED,
    "听到您这样说，我很担心。请马上告诉身边信任的人，让他陪着您；如果有立即的危险，请拨打120（急救）或110（报警）。也可以拨打12345，请他们转接心理援助。您不必一个人扛着。",
    "I am worried to hear this. Please tell someone you trust now and let them stay with you. In immediate danger "
    "call 120 (ambulance) or 110 (police); 12345 can put you through to counselling. You need not bear it alone.",
)
EMERGENCY = Fixed(
    Status.ANSWERED,
    "请立即拨打119（火警）、120（急救）或110（报警），说清地点，并先让自己和身边的人离开危险。我只能回答文件里的问题，帮不上紧急的忙。",
    "Call 119 (fire), 120 (ambulance) or 110 (police) now, say where you are, and get yourself and others out of "
    "danger. I can only answer from documents.",
)
INJECTION = Fixed(
    Status.UNSAFE,
    "我只根据收录的公开文件回答问题，不会改变规则，也不会透露内部设置。",
    "I answer questions from the public documents that I hold. I do not change my rules or show my settings.",
)
CONJURE = Fixed(
    Status.UNSAFE,
    "我只能查阅文件，不能发放或更改积分和消费券。积分请在回收点扫码签到获得。",
    "I can only read documents; I cannot give or change points or vouchers. Points are earned by checking in.",
)
ABUSE = Fixed(
    Status.UNSAFE,
    "我愿意继续帮您查文件里的内容，请换一种说法再问。人工咨询请拨打12345。",
    "I am glad to go on helping with the documents; please put it another way. For a person, call 12345.",
)
_RULES = (
    (_SELF_HARM, SELF_HARM),
    (_EMERGENCY, EMERGENCY),
    (_INJECTION, INJECTION),
    (_CONJURE, CONJURE),
    (_ABUSE, ABUSE),
    (_GREETING, GREETING),
    (_THANKS, THANKS),
    (_IDENTITY, IDENTITY),
)


def fixed_answer(text: str) -> Fixed | None:
    """The fixed answer that a normalised text calls for, dangers first; None for a question."""
    return next((answer for pattern, answer in _RULES if pattern.search(text)), None)
