"""English names of the units that the plan makes responsible. The Chinese name stands behind each."""

UNITS = {
    "区发改委": "District Development and Reform Commission",
    "区生态环境局": "District Ecology and Environment Bureau",
    "区经信委": "District Economy and Informatization Commission",
    "区科技局": "District Science and Technology Bureau",
    "区住建委": "District Housing and Urban-Rural Development Commission",
    "区交通运输委": "District Transport Commission",
    "区大数据局": "District Big Data Bureau",
    "区城管局": "District Urban Management Bureau",
    "区产业发展促进局": "District Industrial Development Promotion Bureau",
    "区市场监管局": "District Market Supervision Bureau",
    "区商务委": "District Commerce Commission",
    "区文旅委": "District Culture and Tourism Commission",
    "区卫健委": "District Health Commission",
    "区国资委": "District State-owned Assets Commission",
    "区公安分局": "District Public Security Branch",
    "区应急局": "District Emergency Management Bureau",
    "区教委": "District Education Commission",
    "区委宣传部": "District Party Committee Publicity Department",
    "区委组织部": "District Party Committee Organization Department",
    "区人社局": "District Human Resources and Social Security Bureau",
    "区财政局": "District Finance Bureau",
    "区统计局": "District Statistics Bureau",
    "重庆邮管局四分局": "Fourth Branch of the Chongqing Postal Administration",
    "解放碑CBD管委会": "Jiefangbei CBD Administration",
    "历史街区管委会": "Historic Districts Administration",
    "各管委会": "the administrative committees",
    "管委会": "the administrative committees",
    "街道办事处": "the sub-district offices",
    "各相关产业部门": "the industry departments concerned",
}


def unit_in_english(name: str) -> str:
    """The English name with the Chinese one; the Chinese one alone where none is known."""
    return f"{UNITS[name]} ({name})" if name in UNITS else name
