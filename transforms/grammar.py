r"""The grammar of numbers in official Chinese prose, as regular expressions for polars' engine.

In: unit words, qualifier words and the patterns of what only looks like a number (`transforms.knowledge`).
Out: a `Grammar`: `token` finds every mention, zero in words or trap in a sentence; `number` takes a mention apart.

>>> re.match(Grammar.of(["人次"], words, []).number, "1.2万余人次")["n1"]
'1.2'
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

ARABIC = r"(?:[0-9]{1,3}(?:[,，][0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?: [0-9]+)*(?:\.[0-9]+)?)"
SCALE = r"(?:万亿|千万|百万|十万|千亿|百亿|亿|万|千|百)"
MIXED = r"(?:[0-9]+(?:\.[0-9]+)?亿[0-9]+(?:\.[0-9]+)?(?:千万|百万|万)|[0-9]+万[0-9]+[千百]|[0-9]+千[0-9]+百)"
CHINESE = r"(?:[〇零一二两三四五六七八九十百千万亿]+|[数几][十百千万亿]+|十几|上[百千万亿]+)"
CHINESE_DECIMAL = r"[〇零一二两三四五六七八九十百千]+(?:点[〇零一二三四五六七八九]+)?"
# What ends the clause of a zero that stands after its things: 均未发生。
STOPS = "，,。；;、！!"
DASH = r"(?:—{1,2}|-{1,2}|[－–~～至到])"
PARTITIVE = (
    rf"(?:百分之(?:{ARABIC}|{CHINESE_DECIMAL})|[二三四五六七八九十]{{1,2}}分之[一二两三四五六七八九]"
    r"|[一二两三四五六七八九1-9]成(?:[半多])?|半数|百分百)"
)
# How the patterns of traps begin that enclose others. Searched at once with all others, they would multiply the states
# of the automaton until it is built anew again and again.
OPENING = ("《", "“", "[“")


@dataclass(frozen=True)
class Grammar:
    """Regular expressions of one set of seeds.

    `enclosing_trap` and `trap` match what has a number in it but is no quantity: the first from an opening mark to its
    closing one, whatever stands between, the second in what is left. `mention` matches, in what is left then, numbers
    and zeros in words; `zero` only those; `number` has the named groups pre, n1, o1, s1, o2, u1, n2, s2, unit, o3 and
    post.
    """

    enclosing_trap: str
    trap: str
    mention: str
    zero: str
    number: str

    @classmethod
    def of(cls, units: Iterable[str], words: Mapping[str, Sequence[str]], traps: Iterable[str]) -> "Grammar":
        """Build the expressions from unit words, lists of words by name, and patterns of traps."""
        names = list(units)
        unit = unit_pattern(names)
        # 12千米, 5百分点: a scale is read only where no unit begins with it.
        scaled = alternatives(name for name in names if name[0] in "十百千万亿")
        before = alternatives(
            word for kind in ("approx", "near", "at_least", "at_most") for word in words[f"before_{kind}"]
        )
        after = alternatives(
            word for kind in ("at_least", "at_most", "approx", "over") for word in words[f"after_{kind}"]
        )
        over = "[" + "".join(words["over"]) + "]"
        post = rf"(?:及|[(（]含[)）])?{after}"
        pre = rf"(?:(?P<pre>{before}了?) ?)?"
        first = rf"(?P<n1>{PARTITIVE}|{MIXED}|{ARABIC}|{CHINESE})(?P<o1>{over})? ?(?P<s1>{SCALE})??(?P<o2>{over})?"
        second = rf"(?: ?(?P<u1>[%‰]|{unit})? ?{DASH} ?(?P<n2>{ARABIC}|{CHINESE})(?P<s2>{SCALE})??(?P<o4>{over})?)?"
        # 3个|多|月: 余 and 多 may part a unit that 个 begins.
        parted = alternatives(name[1:] for name in names if name[0] == "个" and len(name) > 1)
        last_unit = rf"(?:个(?P<o5>{over})(?P<u2>{parted})|(?P<unit>{unit}))"
        last = rf" ?{last_unit}?(?P<o3>余)?(?P<post>{post})?"
        number = pre + first + second + last
        zero = zero_pattern(words)
        patterns = list(traps)
        enclosing = [pattern for pattern in patterns if pattern.startswith(OPENING)]
        others = [pattern for pattern in patterns if pattern not in enclosing]
        arabic = anonymous(
            rf"{pre}(?:{MIXED}|{ARABIC}){over}? ?(?:{scaled}|{SCALE}?{over}?"
            rf"(?: ?[%‰]? ?{DASH} ?{ARABIC}{SCALE}?{over}?)? ?{last_unit}?)余?(?:{post})?"
        )
        spelled = anonymous(
            rf"{pre}(?:{CHINESE}{over}?{SCALE}?{over}?(?:{DASH}{CHINESE}{over}?)? ?{last_unit}余?(?:{post})?)"
        )
        partitive = anonymous(rf"{pre}{PARTITIVE}{over}?(?:{post})?")
        mention = any_pattern(zero, partitive, arabic, spelled)
        return cls(any_pattern(*enclosing), any_pattern(*others), mention, zero, number)


def unit_pattern(units: Iterable[str]) -> str:
    """Alternatives of the unit words, longest first, with round brackets of either width, and units per unit."""
    words = sorted(set(units), key=lambda word: (-len(word), word))
    single = "|".join(re.escape(word).replace(r"\(", "[(（]").replace(r"\)", "[)）]") for word in words)
    return rf"(?:{single})(?:/(?:{single}|[(（][^()（）0-9]{{1,12}}[)）]))*"


def zero_pattern(words: Mapping[str, Sequence[str]]) -> str:
    """Pattern of a zero in words: a negation, then all things that did not happen; or one that ends its clause."""
    negation = alternatives(words["negation"])
    thing = alternatives(words["zero_thing"])
    joint = "(?:以及|[、和及与或])"
    # 复议|被|撤销: what happened to the first of two things.
    ends = alternatives(words["zero_ending"])
    name = rf"(?:[^0-9,，。;；:：、\n一无未零]{{0,14}}?{thing}(?:{thing}|{ends})*)"
    # What 未发生 denies did not happen, whatever it is called: 未发生过度执法问题.
    act = f"(?:{thing}|{alternatives(words['denied_thing'])})"
    asking = f"(?:{alternatives(words['applicant'])}[、和及或])*"
    done = rf"(?:{asking}[^0-9,，。;；:：、\n一无未零]{{0,22}}?{act}(?:{act}|{ends})*)"
    happened = rf"{alternatives(words['never_happened'])}{done}(?:{joint}{done})*"
    listed = rf"{happened}|{negation}{name}(?:{joint}{name})*"
    nil = rf"(?:[“\"]?零[”\"]?|无一)(?:{alternatives(words['nil_thing'])})[”\"]?"
    stated = rf"{alternatives(words['zero_verb'])}[“\"]?零[”\"]?(?:{alternatives(words['nil_thing'])})?[”\"]?"
    told = rf"{alternatives(words['denial_after'])}(?:[{STOPS}]|$)"
    return rf"{listed}|{nil}|{stated}|{told}"


def alternatives(words: Iterable[str]) -> str:
    """A group that matches any of the words, longest first."""
    return "(?:" + "|".join(re.escape(word) for word in sorted(set(words), key=lambda word: (-len(word), word))) + ")"


def any_pattern(*patterns: str) -> str:
    """Alternatives of patterns, the first that matches winning."""
    return "|".join(f"(?:{pattern})" for pattern in patterns)


def anonymous(pattern: str) -> str:
    """The same pattern with its named groups as plain groups."""
    return re.sub(r"\(\?P<\w+>", "(?:", pattern)
