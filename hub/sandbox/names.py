"""Invented names of people, streets and organisations."""

from hub.sandbox.draw import draw, pick

DIVISIONS = {
    "330203": "海曙区",
    "330205": "江北区",
    "330206": "北仑区",
    "330211": "镇海区",
    "330212": "鄞州区",
    "330213": "奉化区",
    "330225": "象山县",
    "330226": "宁海县",
    "330281": "余姚市",
    "330282": "慈溪市",
}
"""Divisions of the city of Ningbo (GB/T 2260)."""

_SURNAMES = tuple(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏"
    "苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵"
)
_GIVEN_MALE = tuple("伟强磊军勇杰涛明超刚平辉鹏华飞鑫波斌宇浩凯健俊帆帅旭宁龙林建国志文海峰成东")
_GIVEN_FEMALE = tuple("芳娜敏静丽艳娟霞燕玲丹红萍英梅玉雪婷慧洁莉琳莹晶倩璐颖佳怡欣雯瑶岚蓉薇")
_STREETS = [
    "中山路",
    "解放路",
    "人民路",
    "江东路",
    "药行街",
    "环城路",
    "学苑路",
    "海晏路",
    "钱湖路",
]
_TRADES = [
    "贸易",
    "科技",
    "机械",
    "建材",
    "物流",
    "服装",
    "食品",
    "电器",
    "模具",
    "船舶",
    "文化",
    "餐饮",
]
_FORMS = {
    "91": "有限公司",
    "51": "促进会",
    "52": "服务中心",
    "31": "律师事务所",
}


def person_name(male: bool, *words: str) -> str:
    """A surname and one or two given characters."""
    number = draw("person name", *words)
    number, surname = divmod(number, len(_SURNAMES))
    given = _GIVEN_MALE if male else _GIVEN_FEMALE
    number, first = divmod(number, len(given))
    number, second = divmod(number, len(given))
    tail = given[second] if number % 4 else ""
    return f"{_SURNAMES[surname]}{given[first]}{tail}"


def organisation_name(prefix: str, *words: str) -> str:
    """A trade name that fits the first two characters of its credit code."""
    number = draw("organisation name", *words)
    number, first = divmod(number, len(_GIVEN_MALE))
    number, second = divmod(number, len(_GIVEN_FEMALE))
    trade = _TRADES[number % len(_TRADES)] if prefix == "91" else ""
    return f"宁波{_GIVEN_MALE[first]}{_GIVEN_FEMALE[second]}{trade}{_FORMS[prefix]}"


def address(division: str, *words: str) -> str:
    """An address in the division."""
    number = draw("address", *words)
    district = DIVISIONS.get(division, DIVISIONS["330203"])
    house, room = number % 899 + 1, number // 1000 % 30 * 100 + number // 100_000 % 4 + 101
    return f"浙江省宁波市{district}{pick(_STREETS, 'street', *words)}{house}号{room}室"
