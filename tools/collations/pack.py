#!/usr/bin/python3
"""Makes src/types/collation/tables.bin of the facts that gather.py keeps: pack.py FACTS... OUT

What a rule gives (a character's own number, implicit weights of ideographs, Hangul by its jamo, runs of a charset's map) is
written as the rule; what is equal for both servers is written once. The forms are read by weight_table.cc, charset.cc,
case_table.cc and catalog.cc.
"""
import pickle
import re
import sys
import zlib

SELF, CONSTANT, IMPLICIT, IGNORED, PREFIXED, HANGUL, INHERITED, CODE_BYTES, LINEAR = range(9)
RULE_RUN_MIN = 24
LEVELS_OF = {"ai_ci": "0", "as_ci": "01", "ai_cs": "02", "as_cs": "012"}
# The letters of two characters of cp1250_czech_cs, as a server weighs them.
CZECH = {"ch": "AD03", "Ch": "AD02", "CH": "AD01"}
# How these order text is not a list of weights a character: own_order.cc has their rules, and here are their characters.
NO_TABLE = ("latin2_czech_cs", "tis620_thai_ci")


def number(n):
    out = bytearray()
    while n > 0x7F:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    out.append(n)
    return bytes(out)


def signed(n):
    return number(n << 1 if n >= 0 else (-n - 1) << 1 | 1)


def text(s):
    return number(len(s.encode())) + s.encode()


class Tables:
    def __init__(self):
        self.sections = {}

    def add(self, name, server, content):
        """The section's name: the other server's when it has the same."""
        if self.sections.get(name, content) != content:
            name = f"{name}@{server}"
        self.sections[name] = content
        return name

    def write(self, path):
        packed = {name: zlib.compress(content, 9) for name, content in self.sections.items()}
        with open(path, "wb") as file:
            file.write(number(len(packed)))
            for name, content in packed.items():
                file.write(text(name) + number(len(content)) + number(len(self.sections[name])))
            for content in packed.values():
                file.write(content)
        return packed


def code_bytes(code):
    return tuple(code.to_bytes((code.bit_length() + 7) // 8 or 1, "big"))


def rule_of(key, levels, rule_weights, singles, native):
    first = levels[0]
    if native == "gb18030":
        # A code of four bytes weighs its place among these; supplementary characters follow one another there.
        linear = key >= 0x10000 and (0xFF, *(189000 + key - 0x10000).to_bytes(3, "big"))
        return (LINEAR, 0, 0) if first == linear else None
    if native:
        return (CODE_BYTES, 0, 0) if first == code_bytes(key) and len(first) > 1 else None
    if not any(levels):
        return (IGNORED, 0, 0)
    if 0xAC00 <= key <= 0xD7A3 and singles is not None:
        index = key - 0xAC00
        jamo = [0x1100 + index // 588, 0x1161 + index // 28 % 21, 0x11A7 + index % 28]
        parts = [singles.get(j) for j in (jamo if jamo[2] != 0x11A7 else jamo[:2])]
        if all(parts) and all(sum((p[n] for p in parts), ()) == levels[n] for n in range(len(levels))):
            return (HANGUL, 0, 0)
    if any(level != (weight,) for level, weight in zip(levels[1:], rule_weights[1:])):
        return None
    low = 0x8000 | key & 0x7FFF
    if len(first) == 1:
        return (SELF, 0, 0) if first[0] == key else (CONSTANT, first[0], 0)
    if len(first) == 2 and first[1] == low:
        return (IMPLICIT, first[0] - (key >> 15), 0)
    if len(first) == 3 and first[2] == low:
        return (PREFIXED, first[1] - (key >> 15), first[0])
    return None


def rules_of(singles, rule_weights, whole, native):
    """Runs (first, end, rule) of keys that go by rule. A gap in `singles` ends a run, but for surrogates."""
    runs = []
    for key in sorted(singles):
        rule = rule_of(key, singles[key], rule_weights, singles if whole else None, native)
        last = runs[-1] if runs else None
        if last and last[2] == rule and (last[1] == key or (last[1] == 0xD800 and key == 0xE000)):
            last[1] = key + 1
        else:
            runs.append([key, key + 1, rule])
    return [run for run in runs if run[2] and run[1] - run[0] >= RULE_RUN_MIN]


def weight_section(singles, contractions, parent, weight_bytes, native=False):
    # A last level of which a text has nothing is not there at all.
    if not any(len(w) == 4 for w in singles.values()):
        # A level's weight that is zero looks like one more level.
        contractions = {g: ((0,), *w[2:]) if len(w) == 4 and w[:2] == ((), ()) else w for g, w in contractions.items()}
    levels = max(len(w) for w in [*singles.values(), *contractions.values()])
    singles = {c: w + ((),) * (levels - len(w)) for c, w in singles.items()}
    contractions = {g: w + ((),) * (levels - len(w)) for g, w in contractions.items()}
    # What the characters that go by rule weigh beyond the first level: the last one of all is such a character.
    last = singles.get(max(singles)) if singles else None
    rule_weights = [0] + [last[n][0] if last and len(last[n]) == 1 and len(last[0]) > 1 else (0, 0x20, 2, 2)[n] for n in range(1, levels)]
    runs = rules_of(singles, rule_weights, not parent, native)
    out = bytearray(number(levels) + number(weight_bytes) + text(parent))
    for weight in rule_weights:
        out += number(weight)
    entries = []
    by_rule = set()
    for first, end, (kind, value, prefix) in runs:
        if entries and entries[-1][0] == first:
            entries.pop()
        entries += [(first, kind, value, prefix), (end, INHERITED, 0, 0)]
        by_rule.update(range(first, end))
    out += number(len(entries))
    at = 0
    for first, kind, value, prefix in entries:
        out += number(first - at) + number(kind) + number(value & 0xFFFF) + number(prefix)
        at = first
    keys = sorted(k for k in singles if k not in by_rule)
    out += number(len(keys))
    at = 0
    for key in keys:
        out += number(key - at)
        at = key
    for level in range(levels):
        for key in keys:
            out += number(len(singles[key][level]))
        before = 0
        for key in keys:
            for weight in singles[key][level]:
                out += signed(weight - before)
                before = weight
    out += number(len(contractions))
    for group, weights in sorted(contractions.items()):
        out += number(len(group))
        for c in group:
            out += number(c)
        for level in weights:
            out += number(len(level))
            for weight in level:
                out += number(weight)
    return bytes(out), len(keys), runs


def runs_section(pairs):
    runs = []
    for key, value in sorted(pairs):
        if runs and runs[-1][0] + runs[-1][1] == key and runs[-1][2] + runs[-1][1] == value:
            runs[-1][1] += 1
        else:
            runs.append([key, 1, value])
    out = bytearray(number(len(runs)))
    key = value = 0
    for first, count, to in runs:
        out += number(first - key) + number(count) + signed(to - value)
        key, value = first + count, to + count
    return bytes(out)


def case_section(upper, lower):
    out = bytearray()
    for mapping in (upper, lower):
        mapping = {k: v for k, v in mapping.items() if k != v}
        out += number(len(mapping))
        at = 0
        for key in sorted(mapping):
            out += number(key - at) + signed(mapping[key] - key)
            at = key
    return bytes(out)


def group_of(string):
    return tuple(ord(c) for c in string)


def concatenation(group, singles, parent_singles):
    parts = [singles.get(c) or parent_singles.get(c) for c in group]
    return tuple(sum((p[n] for p in parts), ()) for n in range(len(parts[0])))


def czech_section(facts):
    """Of each character the weights of four passes; of letters of two characters too."""
    def weights(digits):
        passes = bytes.fromhex(digits)[:-1].split(b"\x01")
        # What weighs nothing even in the last pass is a space.
        return bytes(p[0] if p else 0 for p in passes) if any(passes) else b"\2\2\2\2"
    one = [weights(digits) for digits in facts["one"]]
    out = bytearray(b"\0\0") + characters(facts) + b"".join(one)
    sums = {(a, b): b"".join(x + y for x, y in zip(bytes.fromhex(facts["one"][a])[:-1].split(b"\x01"), bytes.fromhex(facts["one"][b])[:-1].split(b"\x01")))
            for a in range(256) for b in range(256) if one[a] != b"\2\2\2\2" and one[b] != b"\2\2\2\2"}
    pairs = {pair: weights(facts["two"][pair]) for pair, joined in sums.items()
             if joined != b"".join(bytes.fromhex(facts["two"][pair])[:-1].split(b"\x01"))}
    out += number(len(pairs))
    for (a, b), weight in pairs.items():
        out += bytes([a, b]) + weight
    return bytes(out)


def thai_section(facts):
    """Of each character its lower case, and whether it is a consonant (1), a vowel that is written before its consonant (2), a
    step towards the text's end (4), and which mark (16 and more)."""
    two, vowel, consonant, mark = facts["two"], 0xE0, 0xA1, 0xE8
    whole = [int(digits, 16) for digits in facts["one"]]
    marks = {c: weight - 0xF8 for c, weight in enumerate(whole) if weight > 0xF8 and weight != c}
    ends_at_zero = whole[0] == 0x20
    out = bytearray(b"\1") + bytes([ends_at_zero]) + characters(facts)
    out += bytes(c if c in marks or c == 0 else whole[c] for c in range(256))
    tail = f"{0xF0 + marks[mark]:02X}"
    for c in range(256):
        kind = (c != vowel and two[vowel, c] == f"{c:02X}{vowel:02X}") + 2 * (c != consonant and two[c, consonant] == f"{consonant:02X}{c:02X}")
        step = c not in marks and (c == 0 or two[c, mark].endswith(tail))
        out.append(kind + 4 * step + 16 * marks.get(c, 0))
    return bytes(out)


def characters(facts):
    """For LIKE: the first of the characters that are the same."""
    return bytes(min(b for a, b in facts["like"] if a == c) for c in range(256))


def family_of(name):
    for mark, base in (("uca1400", "utf8mb4_uca1400_as_cs"), ("_0900_", "utf8mb4_0900_as_cs"), ("thai_520", "utf8mb4_unicode_520_ci"),
                       ("myanmar", "utf8mb4_unicode_520_ci"), ("general_mysql500", "utf8mb4_general_ci"), ("tolower", "utf8mb4_general_ci")):
        if mark in name:
            return base
    return "utf8mb4_unicode_ci"


def add_unicode_weights(tables, server, facts):
    """Section names by collation."""
    bases = [n for n in facts["singles"] if len(facts["singles"][n]) > 1000000 and n == family_of(n) or n in ("utf8mb4_unicode_520_ci", "utf8mb4_general_ci")]
    names = {}
    for name in bases + [n for n in facts["singles"] if n not in bases]:
        singles = facts["singles"][name]
        base = None if name in bases else family_of(name)
        inherited = facts["singles"][base] if base else {}
        contractions = {group_of(s): w for s, w in facts["contractions"].get(name, {}).items()}
        known = {group_of(s): w for s, w in facts["contractions"].get(base, {}).items()} if base else {}
        contractions = {g: w for g, w in contractions.items() if known.get(g) != w}
        if base:
            if name.endswith("_w2"):
                base, inherited = None, {}
                singles = {c: w[:2] for c, w in singles.items()}
            elif name.startswith("utf8mb3"):
                singles = {c: w for c, w in singles.items() if w != inherited.get(c)}
        content, explicit, runs = weight_section(singles, contractions, names.get(base, "") if base else "", 2)
        names[name] = tables.add(f"weights/{name}", server, content)
        print(f"{server} {name}: {len(singles)} characters, {explicit} explicit, {len(runs)} rules, {len(contractions)} contractions, "
              f"{len(content)} -> {len(zlib.compress(content, 9))} {names[name]}")
    return names


def native_contractions(name, facts):
    if name != "cp1250_czech_cs":
        return {}
    return {tuple(t.encode()): tuple(tuple(bytes.fromhex(weight)[n:n + 1]) for n in range(2)) for t, weight in CZECH.items()}


def native_weights(name, facts):
    """By native code; gb18030's by code point."""
    rows = facts["native"][name]
    if name == "cp1250_czech_cs":
        singles = {}
        for code, weight in rows.items():
            half = len(weight) // 2
            singles[int(code, 16)] = (tuple(bytes.fromhex(weight[:half])), tuple(bytes.fromhex(weight[half:])))
        return singles
    return {int(code, 16): (tuple(bytes.fromhex(weight)),) for code, weight in rows.items()}


def add_native(tables, server, facts):
    names, maps, cases = {}, {}, {}
    for charset, rows in facts["to_unicode"].items():
        content = runs_section((int(k, 16), int(v, 16)) for k, v in rows.items() if v)
        content += runs_section((k, int(v, 16)) for k, v in facts["from_unicode"][charset].items())
        maps[charset] = tables.add(f"map/{charset}", server, content)
        letters = facts["native_case"][charset]
        content = case_section({int(k, 16): int(u, 16) for k, (u, _) in letters.items()}, {int(k, 16): int(l, 16) for k, (_, l) in letters.items()})
        cases[charset] = tables.add(f"case/{charset}", server, content)
        print(f"{server} {charset}: {len(rows)} characters, {len(zlib.compress(tables.sections[maps[charset]], 9))}")
    for name, letters in facts["collation_case"].items():
        content = case_section({int(k, 16): int(u, 16) for k, (u, _) in letters.items()}, {int(k, 16): int(l, 16) for k, (_, l) in letters.items()})
        charset = facts["collations"][name][1]
        if content != tables.sections[cases[charset]]:
            cases[name] = tables.add(f"case/{name}", server, content)
    for name in facts["native"]:
        if name in NO_TABLE or name.startswith("gb18030_unicode") or name.endswith("_bin"):
            continue
        singles = native_weights(name, facts)
        # Characters of three bytes weigh what they are, without a table.
        assert all(w[0] == code_bytes(c) for c, w in singles.items() if c > 0xFFFF) or name.startswith("gb18030"), name
        if name.startswith("gb18030"):
            singles = {int(u, 16): singles[int(code, 16)] for code, u in facts["to_unicode"]["gb18030"].items()
                       if u and (u != "0000003F" or code == "3F")}
        else:
            singles = {c: w for c, w in singles.items() if c < 0x10000}
        if name == "big5_chinese_ci":
            # Its weight strings go by strokes, but texts compare by their bytes.
            by_code = {c: w if c < 0x100 else (code_bytes(c),) for c, w in singles.items()}
            names[name + " strings"] = tables.add(f"weights/{name} strings", server, weight_section(singles, {}, "", 1, native=True)[0])
            singles = by_code
        content, explicit, runs = weight_section(singles, native_contractions(name, facts), "", 1, native="gb18030" if name.startswith("gb18030") else True)
        names[name] = tables.add(f"weights/{name}", server, content)
        print(f"{server} {name}: {explicit} explicit, {len(runs)} rules, {len(zlib.compress(content, 9))}")
    return names, maps, cases


def add_cases(tables, server, facts):
    names = {}
    for name, letters in facts["case"].items():
        point = lambda h: ord(bytes.fromhex(h).decode("utf-8", "surrogatepass"))
        content = case_section({c: point(u) for c, (u, _) in letters.items() if u}, {c: point(l) for c, (_, l) in letters.items() if l})
        names[name] = tables.add(f"case/{name}", server, content)
    return names


def case_of(name, charset, cases, native_cases):
    if charset in native_cases:
        return native_cases.get(name.replace("_nopad", ""), native_cases[charset])
    if charset == "binary":
        return ""
    if "uca1400" in name:
        wanted = "utf8mb4_uca1400_turkish_as_cs" if "turkish" in name else "utf8mb4_uca1400_as_cs"
    elif "_0900_" in name:
        wanted = "utf8mb4_tr_0900_as_cs" if "_tr_" in name else "utf8mb4_0900_as_cs"
    elif "_520" in name or "myanmar" in name:
        wanted = "utf8mb4_unicode_520_ci"
    elif "turkish" in name:
        wanted = "utf8mb4_turkish_ci"
    else:
        wanted = name if name in cases else "utf8mb4_general_ci"
    return cases[wanted]


def weights_of(name, charset, unicode_names, native_names):
    """(section, levels, separated, unicode keys), or None."""
    plain = name.replace("_nopad", "")
    if plain in native_names:
        return native_names[plain], "01" if plain == "cp1250_czech_cs" else "0", False, charset == "gb18030"
    stem = plain.split("_", 1)[1]
    if charset == "gb18030" and stem == "unicode_520_ci":
        return unicode_names["utf8mb4_unicode_520_ci"], "0", False, True
    if "general_mysql500" in stem:
        stem = None
        plain = "utf8mb3_general_mysql500_ci"
    if "tolower" in plain:
        stem = None
    candidates = [plain] if stem is None else [f"utf8mb4_{stem}"]
    levels = "0"
    match = re.search(r"_(a[is]_c[is])(_ks)?$", plain)
    if match:
        levels = "0123" if match.group(2) else LEVELS_OF[match.group(1)]
        if not match.group(2):
            candidates.append(f"utf8mb4_{stem[:-5]}as_cs")
    if plain.endswith("_w2"):
        levels = "01"
    for candidate in candidates:
        if candidate in unicode_names:
            return unicode_names[candidate], levels, "_0900_" in name, False
    return None


def binary_kind(charset):
    return "points" if charset in ("ucs2", "utf16", "utf16le", "utf32", "utf8mb3", "utf8mb4") else "bytes"


def main(arguments):
    servers = {}
    for path in arguments[:-1]:
        with open(path, "rb") as file:
            servers.update(pickle.load(file))
    tables = Tables()
    charsets, lines = {}, {}
    for server in ("mysql", "mariadb"):
        if server not in servers:
            continue
        facts = servers[server]
        mark = "m" if server == "mysql" else "a"
        unicode_names = add_unicode_weights(tables, server, facts)
        native_names, maps, native_cases = add_native(tables, server, facts)
        cases = add_cases(tables, server, facts)
        for name, (default, maxlen, description) in sorted(facts["charsets"].items()):
            charsets.setdefault(name, [name, "", str(maxlen), default, maps.get(name, ""), description])[1] += mark
            if charsets[name][4] != maps.get(name, ""):
                print("the map of", name, "differs:", maps.get(name))
        for name, (number_, charset, default, pad) in sorted(facts["collations"].items(), key=lambda c: c[1][0]):
            row = [name, str(number_), charset, str(int(default)), "2" if name == "cp1250_czech_cs" else str(int(pad))]
            if name.endswith("_bin") or charset == "binary":
                kind = "bytes" if charset == "binary" or "_0900_" in name else binary_kind(charset)
                row += [kind, "", "", "0", "0"]
            else:
                weights = weights_of(name, charset, unicode_names, native_names)
                plain = name.replace("_nopad", "")
                if plain in NO_TABLE:
                    make = czech_section if plain == "latin2_czech_cs" else thai_section
                    row += ["own", tables.add(f"own/{plain}", server, make(facts["own"][plain])), "", "0", "0"]
                elif weights:
                    row += ["weights", weights[0], weights[1], str(int(weights[2])), str(int(weights[3]))]
                else:
                    print("no table for", name)
                    row += ["none", "", "", "0", "0"]
            row.append(case_of(name, charset, cases, native_cases))
            row.append(native_names.get(name.replace("_nopad", "") + " strings", ""))
            lines[tuple(row)] = lines.get(tuple(row), "") + mark
    catalog = ""
    for row in charsets.values():
        catalog += "\t".join(["charset", *row]) + "\n"
    for row, marks in lines.items():
        catalog += "\t".join(["collation", row[0], row[1], marks, *row[2:]]) + "\n"
    tables.sections["catalog"] = catalog.encode()
    packed = tables.write(arguments[-1])
    print(len(packed), "sections,", sum(len(p) for p in packed.values()), "bytes;", len(lines), "collations")


if __name__ == "__main__":
    main(sys.argv[1:])
