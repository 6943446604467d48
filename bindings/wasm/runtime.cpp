// Debian's compiler-rt for WebAssembly is built with stack protectors that its wasi-libc does not serve.
#include <cstdint>
#include <cstdlib>

extern "C" {
std::uintptr_t __stack_chk_guard = 0x5AFE57AC;                // NOLINT: the name is the compiler's
[[noreturn]] void __stack_chk_fail() { std::abort(); }        // NOLINT
}
