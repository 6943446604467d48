// A shop whose discount rule is a Python text that nobody trusts: it sees the order, may ask for prices, and nothing else.
#include <cstdio>
#include <map>

#include <ouro/machine.h>

namespace {

constexpr const char* kRule = R"(
def discount(order):
    total = sum(price(item) * count for item, count in order.items())
    print(f"total {total:.2f}")
    return round(total * 0.9 if total > 20 else total, 2)
)";

}  // namespace

int main() {
  ouro::MachineOptions options;
  options.fuel = 1'000'000;       // instructions
  options.memory = 16 << 20;      // bytes
  ouro::Machine machine(options);

  const std::map<std::string, double> prices{{"tea", 4.5}, {"cake", 3.25}};
  machine.add_function("price", [&](std::span<const ouro::PyValue> arguments) -> ouro::Outcome<ouro::PyValue> {
    const auto* name = arguments.size() == 1 ? std::get_if<std::string>(&arguments[0].content) : nullptr;
    const auto found = name == nullptr ? prices.end() : prices.find(*name);
    if (found == prices.end()) return ouro::Failure{"shop.no_item", "there is no such item", {}};
    return ouro::PyValue(found->second);
  });

  const ouro::RunResult loaded = machine.run(kRule, "rule.py");
  if (!loaded.ok) {
    std::printf("the rule failed: %s: %s\n", loaded.exception.c_str(), loaded.message.c_str());
    return 1;
  }
  const ouro::PyValue order(ouro::PyDict{{std::string("tea"), std::int64_t{4}}, {std::string("cake"), std::int64_t{2}}});
  const ouro::Outcome<ouro::PyValue> due = machine.call("discount", std::span(&order, 1));
  if (!due) {
    std::printf("%s\n", due.failure().message.c_str());
    return 1;
  }
  std::printf("to pay %.2f\n", std::get<double>(due->content));

  const ouro::RunResult hostile = machine.run("open('/etc/passwd').read()");
  std::printf("%s\n", hostile.exception.c_str());
  const ouro::RunResult endless = machine.run("while True: pass");
  std::printf("ended by %s\n", endless.limit.c_str());
  return 0;
}
