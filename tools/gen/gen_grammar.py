#!/usr/bin/env python3
"""Turns data/grammar/*.peg into the tables that src/syntax/diagnose interprets.

    gen_grammar.py GRAMMAR.peg OUT.cpp

The notation is explained at the head of the grammar. Unknown tokens, rules, labels, results and flags, rules
defined twice or never used and rules that match nothing forever are errors.
"""
import re
import sys
from pathlib import Path

PUNCTUATION = {
    "(": "LPar", ")": "RPar", "[": "LSqb", "]": "RSqb", ":": "Colon", ",": "Comma", ";": "Semi", "+": "Plus",
    "-": "Minus", "*": "Star", "/": "Slash", "|": "VBar", "&": "Amper", "<": "Less", ">": "Greater", "=": "Equal",
    ".": "Dot", "%": "Percent", "{": "LBrace", "}": "RBrace", "==": "EqEqual", "!=": "NotEqual", "<=": "LessEqual",
    ">=": "GreaterEqual", "~": "Tilde", "^": "Circumflex", "<<": "LeftShift", ">>": "RightShift",
    "**": "DoubleStar", "+=": "PlusEqual", "-=": "MinEqual", "*=": "StarEqual", "/=": "SlashEqual",
    "%=": "PercentEqual", "&=": "AmperEqual", "|=": "VBarEqual", "^=": "CircumflexEqual", "<<=": "LeftShiftEqual",
    ">>=": "RightShiftEqual", "**=": "DoubleStarEqual", "//": "DoubleSlash", "//=": "DoubleSlashEqual", "@": "At",
    "@=": "AtEqual", "->": "RArrow", "...": "Ellipsis", ":=": "ColonEqual", "!": "Exclamation",
}
CLASSES = {
    "ENDMARKER": "EndMarker", "NAME": "Name", "NUMBER": "Number", "STRING": "String", "NEWLINE": "Newline",
    "INDENT": "Indent", "DEDENT": "Dedent", "FSTRING_START": "FStringStart", "FSTRING_MIDDLE": "FStringMiddle",
    "FSTRING_END": "FStringEnd",
}
KEYWORDS = """False None True and as assert async await break class continue def del elif else except finally for from
global if import in is lambda nonlocal not or pass raise return try while with yield""".split()
SOFT_KEYWORDS = ["_", "case", "match", "type"]
# NodeKind of src/syntax/diagnose_node.h.
NODES = """BinOp BoolOp UnaryOp IfExp Lambda NamedExpr Await Yield YieldFrom Compare MembershipTest Call Keyword
KeywordUnpacking Attribute Subscript Slice Starred List Tuple Set Dict ListComp SetComp DictComp GeneratorExp
Comprehension None True False Ellipsis Sequence""".split()
# Checks by name and the number of labels each takes.
CHECKS = {"invalid_target_star": 1, "invalid_target_for": 1, "invalid_target_del": 1, "argument_order": 1,
          "unparenthesized_generator": 2, "real_number": 1, "imaginary_number": 1, "string": 1, "strings": 1,
          "fstring": 2, "format_text": 1, "conversion": 2, "replacement": 1, "not_equal": 1, "future_import": 2}
FLAGS = {"memo", "without_invalid", "forget"}
MODIFIERS = {"": "One", "?": "Optional", "*": "Star", "+": "Plus"}


class GrammarError(Exception):
    pass


class Item:
    def __init__(self, modifier, atom, label=None, separator=None):
        self.modifier, self.atom, self.label, self.separator = modifier, atom, label, separator

    has_value = property(lambda self: self.modifier not in ("Ahead", "NotAhead", "Cut"))
    nullable_modifier = property(lambda self: self.modifier in ("Optional", "Star", "Ahead", "NotAhead", "Cut"))


class Alternative:
    def __init__(self, items, result):
        self.items, self.result = items, result


class Rule:
    def __init__(self, name, flags, group=False):
        self.name, self.flags, self.group, self.alternatives = name, flags, group, []
        self.nullable, self.first, self.recursion = False, set(), None


TOKEN = re.compile(r"""\s*(?:(=>)|('[^']*')|("(?:[^"\\]|\\.)*")|([A-Za-z_]\w*)|(\.\.\.|\.\.|[()?*+%&!^<>:/,]))""")


class Reader:
    """Recursive descent over the text of one rule's alternatives."""

    def __init__(self, grammar, rule, text, where):
        self.grammar, self.rule, self.where, self.tokens = grammar, rule, where, []
        position, text = 0, text.rstrip()
        while position < len(text):
            match = TOKEN.match(text, position)
            if not match:
                raise self.error("cannot read %r" % text[position:position + 20])
            self.tokens.append(match.group().strip())
            position = match.end()
        self.at = 0

    def error(self, message):
        return GrammarError("%s: rule %s: %s" % (self.where, self.rule.name, message))

    def peek(self, ahead=0):
        return self.tokens[self.at + ahead] if self.at + ahead < len(self.tokens) else None

    def take(self, expected=None):
        token = self.peek()
        if token is None or (expected is not None and token != expected):
            raise self.error("expected %s, found %s" % (expected or "more", token))
        self.at += 1
        return token

    def accept(self, token):
        if self.peek() == token:
            self.at += 1
            return True
        return False

    def alternatives(self, rule, end):
        while True:
            rule.alternatives.append(self.alternative(end))
            if self.peek() == end:
                return
            self.take("/")

    def alternative(self, end):
        items = []
        while self.peek() not in ("/", "=>", end, None):
            items.append(self.item())
        if not items:
            raise self.error("an empty alternative")
        result = self.result(items) if self.accept("=>") else ("default",)
        return Alternative(items, result)

    def item(self):
        if self.accept("^"):
            return Item("Cut", None)
        if self.accept("&"):
            return Item("Ahead", self.atom())
        if self.accept("!"):
            return Item("NotAhead", self.atom())
        if self.accept("<"):
            atom = self.atom()
            self.take(">")
            if atom[0] != "token":
                raise self.error("only a token can be required")
            return Item("Forced", atom)
        label = None
        if re.match(r"[A-Za-z_]", self.peek()) and self.peek(1) == ":":
            label = self.take()
            self.take(":")
        atom = self.atom()
        if self.accept("%"):
            separator = self.atom()
            if separator[0] != "token":
                raise self.error("a separator must be a token")
            return Item("Separated", atom, label, separator[1])
        modifier = self.take() if self.peek() in ("?", "*", "+") else ""
        return Item(MODIFIERS[modifier], atom, label)

    def atom(self):
        token = self.take()
        if token == "(":
            group = self.grammar.group(self.rule)
            self.alternatives(group, ")")
            self.take(")")
            return ("rule", group.name)
        if token[0] == "'":
            word = token[1:-1]
            if word in KEYWORDS:
                return ("token", "Kw" + word.capitalize())
            if word not in PUNCTUATION:
                raise self.error("unknown token %s" % token)
            return ("token", PUNCTUATION[word])
        if token[0] == '"':
            word = token[1:-1]
            if word in PUNCTUATION:  # CPython writes some operators so
                return ("token", PUNCTUATION[word])
            if word not in SOFT_KEYWORDS:
                raise self.error("unknown soft keyword %s" % token)
            return ("soft", str(SOFT_KEYWORDS.index(word)))
        if token == "SOFT_KEYWORD":
            return ("soft", str(len(SOFT_KEYWORDS)))
        if token in CLASSES:
            return ("token", CLASSES[token])
        if not re.match(r"[a-z_]", token):
            raise self.error("unknown word %s" % token)
        return ("rule", token)

    def label(self, items, name=None):
        name = name or self.take()
        for index, item in enumerate(items):
            if item.label == name:
                return index
        raise self.error("no item is called %s" % name)

    def result(self, items):
        word = self.take()
        if word in NODES and self.accept("("):
            children = []
            while not self.accept(")"):
                children.append(self.label(items))
                self.accept(",")
            if len(children) > 2:
                raise self.error("at most two children")
            return ("node", word, children)
        if word in ("error", "indentation_error"):
            return self.raising(items, word)
        if word == "invalid_target":
            word += "_" + self.take()
        if word in CHECKS:
            return ("check", word, [self.label(items) for _ in range(CHECKS[word])])
        return ("value", self.label(items, word))

    def raising(self, items, word):
        text = self.take()
        if text[0] != '"':
            raise self.error("a text must follow")
        text = re.sub(r"\{(\w+) (\w+)\}", lambda m: "{%s %d}" % (m[1], self.label(items, m[2])), text)
        for placeholder in re.findall(r"\{(\w+) \d", text):
            if placeholder not in ("name", "line", "text", "bound_or_constraints"):
                raise self.error("unknown placeholder %s" % placeholder)
        place, first, last = "Last", (0, "Whole"), (0, "Whole")
        if self.accept("at"):
            if self.accept("next"):
                place = "Next"
            elif self.accept("before_end"):
                place, first = "BeforeEnd", (self.label(items), "Whole")
            else:
                first = last = self.part(items)
                place = "Range"
                if self.accept(".."):
                    last = self.part(items)
                elif self.accept("..."):
                    place = "From"
        condition = "Always"
        if self.accept("if"):
            self.take("legacy_name")
            condition = "LegacyName"
            self.check_label(items, first)
        elif self.accept("unless"):
            self.take("legacy_name")
            self.check_label(items, first)
            self.take("or")
            self.take("outside_brackets")
            condition = "InBracketsNotLegacy"
        return ("error", word, text, place, first, last, condition)

    def check_label(self, items, first):
        if self.label(items) != first[0]:
            raise self.error("the condition must be about the first place")

    def part(self, items):
        word = self.take()
        if word in ("first", "last") and self.accept("("):
            if self.accept("last"):
                self.take("(")
                index = self.label(items)
                self.take(")")
                part = "LastOfLast"
            else:
                index = self.label(items)
                part = word.capitalize()
            self.take(")")
            return (index, part)
        return (self.label(items, word), "Whole")


class Grammar:
    def __init__(self, path):
        self.rules = {}
        self.read(path)
        self.check_references()
        self.find_nullable()
        self.find_first()
        self.find_recursion()

    def read(self, path):
        current, body, bodies = None, [], []
        for number, line in enumerate(path.read_text().splitlines(), 1):
            line = line.rstrip()
            if not line or line.startswith("#"):
                continue
            if not line.startswith(" "):
                name, *flags = line.split()
                flags = {flag.lstrip("@") for flag in flags}
                if name in self.rules or not re.fullmatch(r"[a-z_]+", name) or flags - FLAGS:
                    raise GrammarError("%s:%d: bad or repeated rule %s" % (path.name, number, line))
                current = self.rules[name] = Rule(name, flags)
                body = []
                bodies.append((current, body, "%s:%d" % (path.name, number)))
            elif current is None:
                raise GrammarError("%s:%d: an alternative without a rule" % (path.name, number))
            else:
                body.append(line)
        for rule, body, where in bodies:
            text = "\n".join(body).strip()
            if not text.startswith("/"):
                raise GrammarError("%s: rule %s has no alternative" % (where, rule.name))
            Reader(self, rule, text[1:], where).alternatives(rule, None)

    def group(self, parent):
        base = parent.name.split("#")[0]
        rule = Rule("%s#%d" % (base, sum(name.startswith(base + "#") for name in self.rules) + 1), set(), True)
        self.rules[rule.name] = rule
        return rule

    def items(self):
        return ((rule, item) for rule in self.rules.values() for alternative in rule.alternatives
                for item in alternative.items)

    def check_references(self):
        used = {"file", "interactive", "eval"}
        for rule, item in self.items():
            if item.atom and item.atom[0] == "rule":
                if item.atom[1] not in self.rules:
                    raise GrammarError("rule %s uses %s, which is not defined" % (rule.name, item.atom[1]))
                used.add(item.atom[1])
        if unused := set(self.rules) - used:
            raise GrammarError("never used: %s" % ", ".join(sorted(unused)))

    def item_nullable(self, item):
        return item.nullable_modifier or (item.atom[0] == "rule" and self.rules[item.atom[1]].nullable)

    def find_nullable(self):
        changed = True
        while changed:
            changed = False
            for rule in self.rules.values():
                if not rule.nullable and any(all(map(self.item_nullable, a.items)) for a in rule.alternatives):
                    rule.nullable = changed = True
        for rule, item in self.items():
            if item.modifier in ("Star", "Plus") and item.atom[0] == "rule" and self.rules[item.atom[1]].nullable:
                raise GrammarError("rule %s repeats %s, which can match nothing" % (rule.name, item.atom[1]))

    def atom_first(self, atom):
        if atom[0] == "token":
            return {atom[1]}
        return {"Name"} if atom[0] == "soft" else self.rules[atom[1]].first

    def alternative_first(self, alternative):
        """Token kinds an alternative can begin with; None: any."""
        first, limit = set(), None
        for item in alternative.items:
            if item.modifier == "Ahead":
                if not (item.atom[0] == "rule" and self.rules[item.atom[1]].nullable):
                    ahead = self.atom_first(item.atom)
                    limit = ahead if limit is None else limit & ahead
            elif item.modifier == "Forced":
                return None
            elif item.modifier not in ("NotAhead", "Cut"):
                first |= self.atom_first(item.atom)
                if not self.item_nullable(item):
                    return first if limit is None else first & limit
        return limit  # can match nothing at all, or only looks ahead

    def find_first(self):
        everything = {"*"}
        changed = True
        while changed:
            changed = False
            for rule in self.rules.values():
                for alternative in rule.alternatives:
                    first = self.alternative_first(alternative)
                    first = everything if first is None else first
                    if not first <= rule.first:
                        rule.first |= first
                        changed = True

    def initial_rules(self, rule):
        for alternative in rule.alternatives:
            for item in alternative.items:
                if item.modifier in ("Ahead", "NotAhead", "Cut"):
                    continue
                if item.atom[0] == "rule":
                    yield item.atom[1]
                if not self.item_nullable(item):
                    break

    def find_recursion(self):
        reach = {name: set(self.initial_rules(rule)) for name, rule in self.rules.items()}
        changed = True
        while changed:
            changed = False
            for name, seen in reach.items():
                more = set().union(*(reach[other] for other in seen)) if seen else set()
                if not more <= seen:
                    seen |= more
                    changed = True
        done = set()
        for name in self.rules:
            if name in reach[name] and name not in done:
                component = [other for other in self.rules if other in reach[name] and name in reach[other]]
                done.update(component)
                for other in component:
                    self.rules[other].recursion = "Leader" if other == component[0] else "Member"

    # ---- writing --------------------------------------------------------------------------------------

    def write(self, source_name):
        numbers = {name: number for number, name in enumerate(self.rules)}
        items, alternatives, results, rules = [], [], [], []
        result_numbers = {}

        def result_number(text):
            if text not in result_numbers:
                result_numbers[text] = len(results)
                results.append(text)
            return result_numbers[text]

        for rule in self.rules.values():
            first_alternative = len(alternatives)
            for alternative in rule.alternatives:
                first_item = len(items)
                for item in alternative.items:
                    items.append(item_text(item, numbers))
                lone = alternative.items[0].atom
                invalid = len(alternative.items) == 1 and lone[0] == "rule" and lone[1].startswith("invalid_")
                first = self.alternative_first(alternative)
                first = None if first is not None and "*" in first else first
                alternatives.append("{%d, %d, %d, %s, %s}," % (
                    first_item, len(alternative.items), result_number(result_text(alternative)),
                    "true" if invalid else "false", token_set(first)))
            rules.append('{"%s", %d, %d, {%s}, %s},' % (
                rule.name, first_alternative, len(rule.alternatives), rule_flags(rule),
                token_set(None if "*" in rule.first else rule.first)))
        return TEMPLATE % {
            "source": source_name, "items": join(items), "alternatives": join(alternatives),
            "results": join(results), "rules": join(rules),
            "file": numbers["file"], "interactive": numbers["interactive"], "eval": numbers["eval"]}


def rule_flags(rule):
    parts = [".group = true"] if rule.group else []
    parts += [".%s = true" % flag for flag in ("memo", "without_invalid", "forget") if flag in rule.flags]
    if rule.recursion:
        parts.append(".left_recursion = LeftRecursion::" + rule.recursion)
    return ", ".join(parts)


def join(lines):
    return "\n".join("    " + line for line in lines)


def item_text(item, numbers):
    if item.modifier == "Cut":
        return "{AtomKind::Token, Modifier::Cut, 0, TokenKind::Error},"
    kind, operand = item.atom
    atom = {"token": "Token", "soft": "SoftKeyword", "rule": "Rule"}[kind]
    value = {"token": "static_cast<std::uint16_t>(TokenKind::%s)" % operand, "soft": operand}.get(kind)
    value = str(numbers[operand]) if kind == "rule" else value
    return "{AtomKind::%s, Modifier::%s, %s, TokenKind::%s}," % (atom, item.modifier, value, item.separator or "Error")


def token_set(kinds):
    if kinds is None:
        return "TokenSet::all()"
    return "TokenSet::of({%s})" % ", ".join("TokenKind::" + kind for kind in sorted(kinds))


def result_text(alternative):
    result, values = alternative.result, [i for i, item in enumerate(alternative.items) if item.has_value]
    fields = dict(kind="Node", node="Other", check="None_", place="Last", condition="Always", a=(0, "Whole"),
                  b=(0, "Whole"), count=0, text='""', indentation="false")
    if result[0] == "default":
        if len(values) == 1:
            fields.update(kind="Value", a=(values[0], "Whole"))
    elif result[0] == "value":
        fields.update(kind="Value", a=(result[1], "Whole"))
    elif result[0] == "node":
        children = result[2] + [0, 0]
        fields.update(node=result[1] + "_" if result[1] in ("None", "True", "False") else result[1],
                      count=len(result[2]), a=(children[0], "Whole"), b=(children[1], "Whole"))
    elif result[0] == "check":
        labels = result[2] + [0]
        name = "".join(word.capitalize() for word in result[1].split("_"))
        fields.update(kind="Check", check=name, a=(labels[0], "Whole"), b=(labels[1], "Whole"))
    else:
        _, word, text, place, first, last, condition = result
        fields.update(kind="Error", text=text, place=place, a=first, b=last, condition=condition,
                      indentation="true" if word == "indentation_error" else "false")
    return ("{ResultKind::%(kind)s, NodeKind::%(node)s, Check::%(check)s, Place::%(place)s, "
            "Condition::%(condition)s, {%(a0)d, Part::%(a1)s}, {%(b0)d, Part::%(b1)s}, %(count)d, "
            "%(indentation)s, %(text)s}," % dict(fields, a0=fields["a"][0], a1=fields["a"][1], b0=fields["b"][0],
                                                 b1=fields["b"][1]))


TEMPLATE = """// Generated by tools/gen/gen_grammar.py from %(source)s; edit the grammar.
#include "syntax/diagnose_grammar.h"

namespace ouro::syntax {
namespace {

constexpr GrammarItem kItems[] = {
%(items)s
};

constexpr GrammarResult kResults[] = {
%(results)s
};

constexpr GrammarAlternative kAlternatives[] = {
%(alternatives)s
};

constexpr GrammarRule kRules[] = {
%(rules)s
};

constexpr Grammar kGrammar = {kItems, kResults, kAlternatives, kRules, %(file)d, %(interactive)d, %(eval)d};

}  // namespace

const Grammar& python_grammar() { return kGrammar; }

}  // namespace ouro::syntax
"""


def main():
    source, out = Path(sys.argv[1]), Path(sys.argv[2])
    try:
        text = Grammar(source).write("data/grammar/" + source.name)
    except GrammarError as error:
        sys.exit("gen_grammar: %s" % error)
    out.parent.mkdir(parents=True, exist_ok=True)
    if not out.exists() or out.read_text() != text:
        out.write_text(text)


if __name__ == "__main__":
    main()
