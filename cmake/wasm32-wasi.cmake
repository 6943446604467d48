# Toolchain file: the library compiled to WebAssembly with Debian's clang 19, wasi-libc and libc++ (no exceptions, no
# threads). Of the native /usr/include only the header-only libraries are visible, through links in the build tree.
set(CMAKE_SYSTEM_NAME WASI)
set(CMAKE_SYSTEM_PROCESSOR wasm32)
list(APPEND CMAKE_MODULE_PATH "${CMAKE_CURRENT_LIST_DIR}")
set(CMAKE_C_COMPILER clang-19)
set(CMAKE_CXX_COMPILER clang++-19)
set(CMAKE_AR llvm-ar-19)
set(CMAKE_RANLIB llvm-ranlib-19)
set(CMAKE_C_COMPILER_TARGET wasm32-wasi)
set(CMAKE_CXX_COMPILER_TARGET wasm32-wasi)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(CMAKE_EXECUTABLE_SUFFIX .wasm)
set(CMAKE_EXECUTABLE_SUFFIX_CXX .wasm)

set(ouro_wasm_headers "${CMAKE_BINARY_DIR}/wasm-headers")
file(MAKE_DIRECTORY "${ouro_wasm_headers}")
foreach(library IN ITEMS tl fast_float)
  file(CREATE_LINK "/usr/include/${library}" "${ouro_wasm_headers}/${library}" SYMBOLIC)
endforeach()
set(CMAKE_CXX_FLAGS_INIT "-fno-exceptions -isystem ${ouro_wasm_headers}")

set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE NEVER)
