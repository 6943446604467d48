# ouro_module(NAME [UNITY] SOURCES ... [DEPENDS module...] [LIBRARIES target...] [TESTS file...] [FUZZERS file...])
#
# One module of src/: the library ouro_<NAME>, the test program ouro_<NAME>_tests from the *_test.cpp
# files beside the sources, and one libFuzzer program for each *_fuzz.cpp (when fuzzers are built; every
# fuzzer's seed corpus in fuzz/<fuzzer>/ also runs as a plain test through support/fuzz_main.cpp).
#
# UNITY: a release build compiles the module as one file. Small functions are then inlined across its files, which the
# flat profiles of the compiler's passes ask for, and it builds faster. Helpers in unnamed namespaces need names of their
# own within such a module.
function(ouro_module name)
  cmake_parse_arguments(arg "UNITY" "" "SOURCES;DEPENDS;LIBRARIES;TESTS;FUZZERS" ${ARGN})
  set(target ouro_${name})
  add_library(${target} STATIC ${arg_SOURCES})
  add_library(ouro::${name} ALIAS ${target})
  target_include_directories(${target} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/src>
                                              $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/generated>)
  foreach(dependency IN LISTS arg_DEPENDS)
    target_link_libraries(${target} PUBLIC ouro_${dependency})
  endforeach()
  target_link_libraries(${target} PUBLIC ${arg_LIBRARIES} PRIVATE $<BUILD_INTERFACE:ouro_build_options>)
  set_property(GLOBAL APPEND PROPERTY OURO_MODULES ${target})
  if(arg_UNITY AND CMAKE_BUILD_TYPE STREQUAL "Release")
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 0)
  endif()

  if(OURO_BUILD_TESTS AND arg_TESTS)
    add_executable(${target}_tests ${arg_TESTS})
    target_link_libraries(${target}_tests PRIVATE ${target} ouro_build_options GTest::gtest_main)
    target_compile_definitions(${target}_tests PRIVATE OURO_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
    add_test(NAME ${name} COMMAND ${target}_tests)
  endif()

  foreach(fuzzer IN LISTS arg_FUZZERS)
    get_filename_component(base ${fuzzer} NAME_WE)
    if(OURO_BUILD_FUZZERS)
      add_executable(${base} ${fuzzer})
      target_link_options(${base} PRIVATE -fsanitize=fuzzer)
      target_link_libraries(${base} PRIVATE ${target} ouro_build_options)
    elseif(OURO_BUILD_TESTS)
      add_executable(${base}_seeds ${fuzzer} ${PROJECT_SOURCE_DIR}/src/support/fuzz_main.cpp)
      target_link_libraries(${base}_seeds PRIVATE ${target} ouro_build_options)
      add_test(NAME ${base}_seeds COMMAND ${base}_seeds ${PROJECT_SOURCE_DIR}/fuzz/${base})
    endif()
  endforeach()
endfunction()
