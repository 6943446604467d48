#include "vm/core/error.h"
#include "vm/modules/ast.h"
namespace ouro::vm {
Ref parse_to_ast(Vm& vm, std::string_view, bool, std::string_view, std::string_view, std::uint32_t, int) { return raise(vm, vm.exc.NotImplementedError, "ast"); }
bool is_ast(Vm&, Value) { return false; }
Ref compile_ast(Vm& vm, Value, std::string_view, std::string_view, std::uint32_t, int) { return raise(vm, vm.exc.NotImplementedError, "ast"); }
}
