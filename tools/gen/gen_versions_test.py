"""The generator refuses bad data, and says where. Run: python3 tools/gen/gen_versions_test.py"""
import os
import shutil
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(os.path.dirname(os.path.dirname(HERE)), "data")
sys.path.insert(0, HERE)
import model  # noqa: E402
from expressions import ExpressionError, compile_expression  # noqa: E402
from tables import DataError  # noqa: E402


class BadData(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.data = os.path.join(self.folder, "data")
        shutil.copytree(DATA, self.data)

    def tearDown(self):
        shutil.rmtree(self.folder)

    def edit(self, name, change):
        path = os.path.join(self.data, name)
        with open(path, encoding="utf-8") as stream:
            text = stream.read()
        changed = change(text)
        self.assertNotEqual(text, changed, "the edit changed nothing")
        with open(path, "w", encoding="utf-8") as stream:
            stream.write(changed)

    def refused(self, *parts):
        with self.assertRaises(DataError) as caught:
            model.load(self.data)
        for part in parts:
            self.assertIn(part, str(caught.exception))

    def test_good_data_loads(self):
        everything = model.load(self.data)
        self.assertEqual(len(everything.versions), 26)

    def test_unknown_column(self):
        self.edit("instructions.tsv", lambda text: text.replace("\tcaches\t", "\tcashes\t"))
        self.refused("instructions.tsv:", "unknown column 'cashes'")

    def test_missing_column(self):
        self.edit("versions/3.13/opcodes.tsv", lambda text: "\n".join(
            "\t".join(line.split("\t")[:2]) for line in text.splitlines()) + "\n")
        self.refused("opcodes.tsv:1: column 'kind' is missing")

    def test_number_twice(self):
        self.edit("versions/2.7/opcodes.tsv", lambda text: text.replace("\n2\tROT_TWO", "\n1\tROT_TWO"))
        self.refused("versions/2.7/opcodes.tsv:", "ROT_TWO, 1 clashes with line")

    def test_opcode_without_instruction(self):
        self.edit("versions/3.12/opcodes.tsv", lambda text: text + "200\tNEVER_HEARD_OF\n")
        self.refused("3.12", "instructions.tsv says nothing about NEVER_HEARD_OF in 3.12")

    def test_instruction_without_opcode(self):
        self.edit("instructions.tsv", lambda text: text + "NEVER_HEARD_OF\t\tnone\t\t\t\t\t0\n")
        self.refused("instructions.tsv:", "no version uses NEVER_HEARD_OF")

    def test_overlapping_ranges(self):
        self.edit("instructions.tsv", lambda text: text + "BINARY_OP\t3.13\tbinary_op\t\t\t\t\t-1\n")
        self.refused("instructions.tsv:", "BINARY_OP overlaps with line")

    def test_unknown_operand_kind(self):
        self.edit("instructions.tsv", lambda text: text.replace("\tlocal_pair\t", "\tlocal_pear\t", 1))
        self.refused("instructions.tsv:", "'local_pear'")

    def test_bad_effect(self):
        self.edit("instructions.tsv", lambda text: text.replace("\t-1 - bits(oparg & 15)", "\t-1 - bots(oparg & 15)"))
        self.refused("instructions.tsv:", "unknown word 'bots'")

    def test_unknown_fact(self):
        self.edit("versions/3.13/facts.toml", lambda text: text + "has_cheese = true\n")
        self.refused("versions/3.13/facts.toml:", "unknown fact has_cheese")

    def test_fact_set_twice(self):
        self.edit("versions/3.13/facts.toml", lambda text: text + "has_caches = true\n")
        self.refused("versions/3.13/facts.toml:", "has_caches is set twice")

    def test_wrong_type_of_fact(self):
        self.edit("versions/3.13/facts.toml", lambda text: text.replace("has_caches = true", "has_caches = 1"))
        self.refused("versions/3.13/facts.toml:", "1 is no bool")

    def test_unknown_enumerator(self):
        self.edit("versions/3.13/facts.toml", lambda text: text.replace('"kLocations"', '"kPlaces"'))
        self.refused("versions/3.13/facts.toml:", "'kPlaces' is no LineTable")

    def test_missing_fact(self):
        self.edit("versions/3.13/facts.toml", lambda text: text.replace('line_table = "kLocations"\n', ""))
        self.refused("versions/3.13/facts.toml:", "line_table is not set")

    def test_borrowed_layout_is_not_set(self):
        self.edit("versions/2.6/facts.toml", lambda text: text + "dis_recurses = true\n")
        self.refused("versions/2.6/facts.toml:", "dis_recurses comes from 2.7 here")

    def test_layout_of_unknown_version(self):
        self.edit("versions/2.6/facts.toml", lambda text: text.replace('dis_layout_of = "2.7"', 'dis_layout_of = "2.9"'))
        self.refused("versions/2.6/facts.toml:", "2.9 has no layout to lend")

    def test_magic_twice(self):
        self.edit("magic.tsv", lambda text: text + "3571\t3.13\t\t\t\n")
        self.refused("magic.tsv:", "3571 stands on line")

    def test_magic_with_an_unknown_layout(self):
        self.edit("magic.tsv", lambda text: text + "9999\t3.13\t\t3.13a1\t3.99\t\n")
        self.refused("'3.99' is no version with facts")

    def test_release_magic_of_another_version(self):
        self.edit("versions/3.13/facts.toml", lambda text: text.replace("= 3571", "= 3531"))
        self.refused("magic.tsv does not give release_magic to 3.13")


class Expressions(unittest.TestCase):
    def test_precedence_is_that_of_c(self):
        self.assertEqual(compile_expression("1 + 2 * oparg")[1](3), 7)
        self.assertEqual(compile_expression("2 - 1 - 1")[1](0), 0)
        self.assertEqual(compile_expression("oparg & 1 == 1")[1](3), 1)  # oparg & (1 == 1)
        self.assertEqual(compile_expression("oparg == 3 ? -2 : -1")[1](3), -2)
        self.assertEqual(compile_expression("oparg >> 8 & 255")[1](0x1FF02), 0xFF)
        self.assertEqual(compile_expression("-bits(oparg & 15)")[1](0x1F), -4)

    def test_other_words_are_refused(self):
        for text in ("", "oparg +", "__import__('os')", "oparg ? 1", "1 2", "oparg.real", "(1"):
            with self.assertRaises(ExpressionError, msg=text):
                compile_expression(text)


if __name__ == "__main__":
    unittest.main()
