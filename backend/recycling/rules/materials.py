"""The names of what is weighed, and the line that a resident reads in their journal; Chinese and English."""

from backend.recycling.types import Line, Material

NAMES = {
    Material.PAPER: ("废纸", "paper"),
    Material.PLASTICS: ("塑料", "plastics"),
    Material.PET: ("塑料瓶（PET）", "PET bottles"),
    Material.GLASS: ("玻璃", "glass"),
    Material.ALUMINIUM: ("铝罐", "aluminium cans"),
    Material.STEEL_CANS: ("铁罐", "steel cans"),
    Material.METAL: ("废金属", "scrap metal"),
    Material.CLOTHING: ("可再用旧衣", "clothes fit for re-use"),
    Material.KITCHEN: ("厨余垃圾", "kitchen waste"),
    Material.BULKY: ("大件垃圾", "bulky things"),
    Material.EWASTE: ("废旧家电", "e-waste"),
}


def told(line: Line, station: str) -> tuple[str, str]:
    """What was weighed where; without a station it was at the door."""
    zh, en = NAMES[line.material]
    where_zh, where_en = (f"在「{station}」", f"at “{station}”") if station else ("上门", "at the door")
    return f"{where_zh}回收{zh} {line.grams} 克", f"{line.grams} g of {en} {where_en}"
