"""Packs the weights that weights.go printed into unicode_table.cc. See README.md."""
import base64
import sys

weights, contractions = {}, {}
# Joins of three, which pairs do not show.
contractions[(0x0CC6, 0x0CC2, 0x0CD5)] = [0x21FC]
contractions[(0x0DD9, 0x0DCF, 0x0DCA)] = [0x2293]
contractions[(0x0FB2, 0x0F71, 0x0F80)] = [0x2593]
contractions[(0x0FB3, 0x0F71, 0x0F80)] = [0x2595]


def decoded(text):
    data, out, i = bytes.fromhex(text), [], 0
    while i < len(data):
        size = 3 if data[i] & 0x80 else 2
        out.append(int.from_bytes(data[i : i + size], "big") & 0x7FFFFF)
        i += size
    return out


def implicit(cp):
    return [0x10000 + cp], [0x20000 + cp], [0x50000 + cp]


for line in open(sys.argv[1]):
    parts = line.rstrip("\n").split(" ")
    if len(parts) == 2:
        weights[int(parts[0], 16)] = decoded(parts[1])
    else:
        contractions[(int(parts[0], 16), int(parts[1], 16), 0)] = decoded(parts[2])
listed = [c for c in sorted(weights) if not 0xAC00 <= c <= 0xD7A3 and weights[c] not in implicit(c)]


def varint(n):
    out = bytearray()
    while n > 127:
        out.append(n & 127 | 128)
        n >>= 7
    out.append(n)
    return out


def run_length(i, holds):
    n = 1
    while i + n < len(listed) and listed[i + n] == listed[i] + n and holds(weights[listed[i]], weights[listed[i + n]], n):
        n += 1
    return n


def rising(i):
    return run_length(i, lambda a, b, n: len(a) == len(b) == 1 and b[0] == a[0] + n)


def constant(i):
    return run_length(i, lambda a, b, n: a == b)


packed, position, last, i = bytearray(), 0, 0, 0


def step(weight):
    global last
    delta, last = weight - last, weight
    return varint((delta << 1) ^ (delta >> 63) if delta < 0 else delta << 1)


while i < len(listed):
    packed += varint(listed[i] - position)
    first = weights[listed[i]]
    if (n := rising(i)) >= 3:
        packed += varint(n << 2) + step(first[0])
        last = first[0] + n - 1
    elif (n := constant(i)) >= 3:
        packed += varint(n << 2 | 1) + varint(len(first))
        for w in first:
            packed += step(w)
    else:
        single = len(first) == 1
        n = run_length(i, lambda a, b, n: rising(i + n) < 3 and constant(i + n) < 3 and (len(b) == 1) == single)
        packed += varint(n << 2 | (3 if single else 2))
        for cp in listed[i : i + n]:
            if not single:
                packed += varint(len(weights[cp]))
            for w in weights[cp]:
                packed += step(w)
    position = listed[i] + n
    i += n

text = base64.b64encode(bytes(packed)).decode()
rows = [text[k : k + 112] for k in range(0, len(text), 112)]
print("// Generated, see gen/README.md: primary weights of code points and contractions as Vitess hashes them.")
print('#include "sharding/vindexes/unicode_table.h"\n\nnamespace vif::sharding {\n')
print("// Runs of code points in base64: see WeightTable::decode_runs() in unicode_weights.cc.\nconst char kUnicodeRuns[] =")
print("\n".join(f'    "{row}"' for row in rows) + ";\n")
print("const UnicodeContraction kUnicodeContractions[] = {")
entries = [
    "{{%s}, 0x%04x}" % (", ".join(f"0x{c:04x}" for c in key), value[0]) for key, value in sorted(contractions.items())
]
for k in range(0, len(entries), 3):
    print("    " + ", ".join(entries[k : k + 3]) + ",")
print(f"}};\nconst size_t kUnicodeContractionCount = {len(entries)};\n\n}}  // namespace vif::sharding")
