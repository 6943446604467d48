// A Python machine in a C++ program: runs Python 3.13 source with nothing but what the program lends it.
//
//   ouro::MachineOptions options;
//   options.fuel = 10'000'000;
//   ouro::Machine machine(options);
//   machine.add_function("price", [](std::span<const ouro::PyValue> arguments) -> ouro::Outcome<ouro::PyValue> {
//     return ouro::PyValue(9.5);
//   });
//   machine.set("name", std::string("tea"));
//   ouro::RunResult result = machine.run("total = price(name) * 3\nprint(total)\n");
//   // result.output == "28.5\n", *machine.get("total") == 28.5
//
// The machine cannot touch files, environment, clock, random numbers, processes or the network; what it prints is kept. Link
// with ouro::machine. Machines share nothing; each is used by one thread at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "ouro/outcome.h"

namespace ouro {

struct PyValue;
using PyList = std::vector<PyValue>;
using PyDict = std::vector<std::pair<PyValue, PyValue>>;
struct PyBytes {
  std::string content;
  friend bool operator==(const PyBytes&, const PyBytes&) = default;
};

/// A Python value outside of a machine: None, bool, int of 64 bits, float, str (UTF-8), bytes, list (also made of tuples) and
/// dict (in order).
struct PyValue {
  std::variant<std::monostate, bool, std::int64_t, double, std::string, PyBytes, PyList, PyDict> content;
  PyValue() = default;
  template <class T>
    requires(!std::is_same_v<std::remove_cvref_t<T>, PyValue>)
  PyValue(T value) : content(std::move(value)) {}  // NOLINT: implicit by design
  friend bool operator==(const PyValue&, const PyValue&) = default;
};

struct MachineOptions {
  std::uint64_t fuel = 0;               ///< instructions over the machine's life; 0: unlimited
  std::uint64_t memory = 0;             ///< bytes of Python objects; 0: unlimited
  std::uint32_t recursion = 1000;       ///< depth of calls
  std::uint64_t output = 0;             ///< bytes that may be printed by one run; 0: unlimited
  std::string library_path;             ///< a Python 3.13's Lib, which the program may then import (and read); empty: none
};

struct RunResult {
  bool ok = false;
  std::string output;       ///< what was written to standard output
  std::string errors;       ///< what was written to standard error
  std::string exception;    ///< not ok: the exception's type, "ValueError"; empty where a limit ended the program
  std::string message;      ///< not ok: str(exception)
  std::string limit;        ///< "fuel", "output": the limit that ended the program. The machine runs nothing more then
};

/// Called from Python. A Failure becomes RuntimeError(message).
using HostFunction = std::function<Outcome<PyValue>(std::span<const PyValue> arguments)>;

class Machine {
 public:
  explicit Machine(MachineOptions options = {});
  ~Machine();
  Machine(Machine&&) noexcept;
  Machine& operator=(Machine&&) noexcept;

  /// Runs statements in __main__, whose variables stay for the next run.
  RunResult run(std::string_view source, std::string_view filename = "<embedded>");
  /// The value of an expression. Failure: code "machine.exception", the message "ValueError: ...".
  [[nodiscard]] Outcome<PyValue> evaluate(std::string_view expression);
  /// Calls a function of __main__ by name.
  [[nodiscard]] Outcome<PyValue> call(std::string_view name, std::span<const PyValue> arguments);
  /// A variable of __main__. Failure: "machine.no_variable", or "machine.no_value" for what PyValue cannot hold.
  [[nodiscard]] Outcome<PyValue> get(std::string_view name) const;
  /// False: no memory.
  bool set(std::string_view name, const PyValue& value);
  bool add_function(std::string_view name, HostFunction function);
  /// Instructions used so far (only counted under a fuel limit) and bytes of objects now.
  [[nodiscard]] std::uint64_t fuel_used() const;
  [[nodiscard]] std::uint64_t memory_used() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ouro
