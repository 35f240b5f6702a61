"""Random sentences of a grammar.

A grammar is text: `name: alternatives`, a production a line (lines that begin with blanks go on with the one before).
  |        between alternatives          { a | b }   a group           [ a ]     perhaps a
  a+       one to three of a             a+,         the same with commas between
  word     a name of the grammar         anything else stands for itself; `x` does so even if it is a name
A production's alternatives are drawn so that those drawn least come first: a few thousand sentences use all of them.
"""
import random
import re

TOKEN = re.compile(r"`((?:[^`\\]|\\.)*)`|(\+,|\+(?=\s|$|[\]}]))|(\S+)")


class Node:
    """kind: text, name, seq, alt, opt, some, list."""

    def __init__(self, kind, value=None, parts=()):
        self.kind, self.value, self.parts = kind, value, list(parts)
        self.used = [0] * len(self.parts)
        self.cost = 0


class Grammar:
    def __init__(self, text):
        self.rules = {}
        self.sources = {}
        lines = []
        for line in text.splitlines():
            if not line.strip() or line.startswith("#"):
                continue
            if line[0] in " \t":
                lines[-1] += " " + line.strip()
            else:
                lines.append(line)
        for line in lines:
            name, body = line.split(":", 1)
            if name in self.sources:
                raise ValueError(f"{name} stands twice")
            self.sources[name] = body
        for name, body in self.sources.items():
            self.rules[name] = self._parse(name, body)
        self._costs()

    def _parse(self, name, body):
        tokens = []
        for quoted, repeat, plain in TOKEN.findall(body):
            if plain:
                while plain and plain[0] in "[{" and len(plain) >= 1:
                    tokens.append(("mark", plain[0]))
                    plain = plain[1:]
                tail = []
                while plain:
                    found = re.search(r"(\+,|\+|[\]}])$", plain)
                    if not found or plain in ("+", "|"):
                        break
                    if found.group(0) == "+" and not re.fullmatch(r"[a-z_0-9]+\+", plain):
                        break
                    tail.insert(0, ("mark", found.group(0)))
                    plain = plain[:-len(found.group(0))]
                if plain == "|":
                    tokens.append(("mark", "|"))
                elif plain:
                    tokens.append(("word", plain))
                tokens += tail
            elif repeat:
                tokens.append(("mark", repeat))
            else:
                tokens.append(("text", quoted.replace("\\`", "`")))
        self._tokens, self._at, self._name = tokens, 0, name
        node = self._alternatives()
        if self._at != len(tokens):
            raise ValueError(f"{name}: {tokens[self._at:]}")
        return node

    def _mark(self, what):
        if self._at < len(self._tokens) and self._tokens[self._at] == ("mark", what):
            self._at += 1
            return True
        return False

    def _alternatives(self):
        parts = [self._sequence()]
        while self._mark("|"):
            parts.append(self._sequence())
        return parts[0] if len(parts) == 1 else Node("alt", parts=parts)

    def _sequence(self):
        parts = []
        while self._at < len(self._tokens):
            kind, text = self._tokens[self._at]
            if kind == "mark" and text in "|]}":
                break
            self._at += 1
            if kind == "mark" and text == "[":
                node = Node("opt", parts=[Node("seq"), self._alternatives()])
                self._close("]")
            elif kind == "mark" and text == "{":
                node = self._alternatives()
                self._close("}")
            elif kind == "word" and text in self.sources:
                node = Node("name", text)
            else:
                node = Node("text", text)
            if self._mark("+,"):
                node = Node("list", parts=[node])
            elif self._mark("+"):
                node = Node("some", parts=[node])
            parts.append(node)
        return parts[0] if len(parts) == 1 else Node("seq", parts=parts)

    def _close(self, mark):
        if not self._mark(mark):
            raise ValueError(f"{self._name}: {mark} is missing")

    def _cost(self, node):
        if node.kind == "text":
            return 0
        if node.kind == "name":
            return 1 + self.rules[node.value].cost
        costs = [self._cost(part) for part in node.parts] or [0]
        node.costs = costs
        return min(costs) if node.kind in ("alt", "opt") else max(costs)

    def _costs(self):
        """The least depth of any sentence of each rule, to a fixed point."""
        for rule in self.rules.values():
            rule.cost = 1000
        changed = True
        while changed:
            changed = False
            for rule in self.rules.values():
                cost = min(1000, self._cost(rule))
                changed = changed or cost != rule.cost
                rule.cost = cost
        endless = [name for name, rule in self.rules.items() if rule.cost >= 1000]
        if endless:
            raise ValueError(f"no end: {endless}")

    def sentence(self, name, rng, depth=12):
        """A sentence as a list of tokens; nested no deeper than `depth` where the grammar allows."""
        out = []
        self._derive(Node("name", name), rng, depth, out)
        return out

    def _pick(self, node, rng, depth):
        fits = [i for i, cost in enumerate(node.costs) if cost <= depth]
        if not fits:
            least = min(node.costs)
            fits = [i for i, cost in enumerate(node.costs) if cost == least]
        if node.kind == "opt" and len(fits) == 2:
            chosen = 1 if rng.random() < 0.4 else 0
        else:
            chosen = min(fits, key=lambda i: node.used[i] * (0.5 + rng.random()))
        node.used[chosen] += 1
        return chosen

    def _derive(self, node, rng, depth, out):
        if node.kind == "text":
            if node.value:
                out.append(node.value)
        elif node.kind == "name":
            self._derive(self.rules[node.value], rng, depth - 1, out)
        elif node.kind == "seq":
            for part in node.parts:
                self._derive(part, rng, depth, out)
        elif node.kind in ("alt", "opt"):
            self._derive(node.parts[self._pick(node, rng, depth)], rng, depth, out)
        else:
            for i in range(rng.choice((1, 1, 2, 3)) if depth > 2 else 1):
                if i and node.kind == "list":
                    out.append(",")
                self._derive(node.parts[0], rng, depth, out)

    def unused(self):
        """Alternatives that no sentence has drawn: (rule, number)."""
        found = []

        def look(name, node):
            if node.kind in ("alt", "opt"):
                found.extend((name, i) for i, used in enumerate(node.used) if not used)
            for part in node.parts:
                look(name, part)

        for name, rule in self.rules.items():
            look(name, rule)
        return found


def text_of(tokens):
    """Tokens as SQL. A function's parenthesis stands right behind its name; a dot joins; ~ glues its neighbours."""
    text = ""
    for token in tokens:
        if token.startswith("~") and len(token) > 1:
            text += token[1:]
        elif text and (token == "." or text.endswith(".") or token in (",", ")")):
            text += token
        elif not text or text.endswith("("):
            text += token
        else:
            text += " " + token
    return text


def mutate(tokens, rng):
    """A token deleted, doubled, swapped with its neighbour, or replaced by another of the same sentence."""
    tokens = list(tokens)
    at = rng.randrange(len(tokens))
    how = rng.randrange(4)
    if how == 0 and len(tokens) > 1:
        del tokens[at]
    elif how == 1:
        tokens.insert(at, tokens[at])
    elif how == 2 and at + 1 < len(tokens):
        tokens[at], tokens[at + 1] = tokens[at + 1], tokens[at]
    else:
        tokens[at] = rng.choice(tokens)
    return tokens
