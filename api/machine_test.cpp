// The embedding API: running, limits, values and functions lent to the program, two machines beside each other.
#include <gtest/gtest.h>

#include "ouro/machine.h"

namespace ouro {
namespace {

TEST(Machine, RunsAndKeepsVariables) {
  Machine machine;
  const RunResult result = machine.run("def double(x):\n    return x * 2\nvalue = double(21)\nprint('value', value)\n");
  EXPECT_TRUE(result.ok) << result.exception << ": " << result.message;
  EXPECT_EQ(result.output, "value 42\n");
  EXPECT_EQ(*machine.get("value"), PyValue(std::int64_t{42}));
  EXPECT_EQ(machine.run("print(value + 1)").output, "43\n");
  const PyValue argument(std::string("ab"));
  EXPECT_EQ(*machine.call("double", std::span(&argument, 1)), PyValue(std::string("abab")));
  EXPECT_EQ(machine.get("nothing").failure().code, "machine.no_variable");
}

TEST(Machine, GivesExceptionsAsData) {
  Machine machine;
  const RunResult failed = machine.run("def f():\n    raise ValueError('odd')\nf()\n");
  EXPECT_FALSE(failed.ok);
  EXPECT_EQ(failed.exception, "ValueError");
  EXPECT_EQ(failed.message, "odd");
  EXPECT_EQ(machine.run("x = (").exception, "SyntaxError");
  EXPECT_EQ(machine.evaluate("1 // 0").failure().message, "ZeroDivisionError: integer division or modulo by zero");
  EXPECT_TRUE(machine.run("x = 1").ok);
}

TEST(Machine, EndsAtItsLimits) {
  MachineOptions options;
  options.fuel = 100'000;
  options.memory = 32 << 20;
  Machine machine(options);
  EXPECT_EQ(machine.run("x = 'a' * 10 ** 9").exception, "MemoryError");
  EXPECT_EQ(machine.run("def f():\n    f()\nf()").exception, "RecursionError");
  const RunResult endless = machine.run("try:\n    while True:\n        pass\nexcept BaseException:\n    print('caught')\n");
  EXPECT_FALSE(endless.ok);
  EXPECT_EQ(endless.limit, "fuel");
  EXPECT_EQ(endless.output, "");
  EXPECT_GE(machine.fuel_used(), options.fuel);
}

TEST(Machine, TouchesNothing) {
  Machine machine;
  EXPECT_EQ(machine.run("open('/etc/passwd')").exception, "PermissionError");
  EXPECT_EQ(machine.run("import posix\nposix.listdir('/')").exception, "PermissionError");
  EXPECT_EQ(machine.run("import os").exception, "ModuleNotFoundError");
}

TEST(Machine, LendsValuesAndFunctions) {
  Machine machine;
  int calls = 0;
  ASSERT_TRUE(machine.add_function("price", [&](std::span<const PyValue> arguments) -> Outcome<PyValue> {
    ++calls;
    if (arguments.size() != 1) return Failure{"test", "one name, please", {}};
    return PyValue(PyList{arguments[0], PyValue(9.5), PyValue(true), PyValue()});
  }));
  ASSERT_TRUE(machine.set("order", PyDict{{PyValue(std::string("tea")), PyValue(std::int64_t{3})}}));
  EXPECT_EQ(machine.run("print(price('tea'), order['tea'])").output, "['tea', 9.5, True, None] 3\n");
  EXPECT_EQ(machine.run("price()").message, "one name, please");
  EXPECT_EQ(machine.run("price(object())").exception, "TypeError");
  EXPECT_EQ(calls, 2);
  EXPECT_EQ(*machine.evaluate("{'a': (1, b'x')}"),
            PyValue(PyDict{{PyValue(std::string("a")), PyValue(PyList{PyValue(std::int64_t{1}), PyValue(PyBytes{"x"})})}}));
}

TEST(Machine, SharesNothing) {
  Machine first, second;
  first.run("x = 1\nimport sys\nsys.x = 5");
  EXPECT_EQ(second.get("x").failure().code, "machine.no_variable");
  EXPECT_EQ(second.run("import sys\nsys.x").exception, "AttributeError");
  Machine moved = std::move(first);
  EXPECT_EQ(*moved.evaluate("sys.x + x"), PyValue(std::int64_t{6}));
}

}  // namespace
}  // namespace ouro
