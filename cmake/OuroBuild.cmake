# Settings that hold for every target: language level, warnings, sanitizers, ccache.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
# Dev: quick to build, quick to run, assertions on.
set(CMAKE_CXX_FLAGS_DEV "-O1" CACHE STRING "" FORCE)
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG" CACHE STRING "" FORCE)

find_program(OURO_CCACHE ccache)
if(OURO_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${OURO_CCACHE}")
endif()

find_package(Python3 REQUIRED COMPONENTS Interpreter)  # tools/gen runs at build time, standard library only
find_package(Threads REQUIRED)

add_library(ouro_build_options INTERFACE)
target_compile_options(ouro_build_options INTERFACE -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Wno-missing-field-initializers)
if(OURO_DEVELOPER)
  target_compile_options(ouro_build_options INTERFACE -Werror)
endif()
if(OURO_SANITIZE)
  target_compile_options(ouro_build_options INTERFACE -fsanitize=${OURO_SANITIZE} -fno-omit-frame-pointer -g1 -fno-sanitize-recover=undefined)
  target_link_options(ouro_build_options INTERFACE -fsanitize=${OURO_SANITIZE})
endif()
if(OURO_BUILD_FUZZERS)
  target_compile_options(ouro_build_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
