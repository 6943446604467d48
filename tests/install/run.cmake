# cmake -DBUILD=<build folder> -DSOURCE=<repository> -DWORK=<scratch folder> -P run.cmake
# Installs Ouro below WORK, then configures, builds and runs the consumer project against that.
file(REMOVE_RECURSE "${WORK}")
execute_process(COMMAND ${CMAKE_COMMAND} --install "${BUILD}" --prefix "${WORK}/prefix" OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_COMMAND} -S "${SOURCE}/tests/install/consumer" -B "${WORK}/build" -G Ninja
                        "-DCMAKE_PREFIX_PATH=${WORK}/prefix" "-DCMAKE_EXE_LINKER_FLAGS=${LINK_FLAGS}"
                OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_COMMAND} --build "${WORK}/build" OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND "${WORK}/build/consumer" "${SOURCE}/tests/corpus/3.13/spam.pyc" OUTPUT_VARIABLE said
                COMMAND_ERROR_IS_FATAL ANY)
if(NOT said STREQUAL "ouro 0.1.0: Python 3.13, 2 nested code objects, same bytes\n")
  message(FATAL_ERROR "the consumer said: ${said}")
endif()
execute_process(COMMAND ${CMAKE_COMMAND} -S "${SOURCE}/examples/embedding" -B "${WORK}/embedding" -G Ninja
                        "-DCMAKE_PREFIX_PATH=${WORK}/prefix" "-DCMAKE_EXE_LINKER_FLAGS=${LINK_FLAGS}"
                OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_COMMAND} --build "${WORK}/embedding" OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND "${WORK}/embedding/embedding" OUTPUT_VARIABLE embedded COMMAND_ERROR_IS_FATAL ANY)
if(NOT embedded STREQUAL "to pay 22.05\nPermissionError\nended by fuel\n")
  message(FATAL_ERROR "the embedding example said: ${embedded}")
endif()
foreach(path IN ITEMS bin/ouro share/man/man1/ouro.1 share/man/man1/ouro-dis.1
                      share/bash-completion/completions/ouro share/fish/vendor_completions.d/ouro.fish)
  if(NOT EXISTS "${WORK}/prefix/${path}")
    message(FATAL_ERROR "${path} was not installed")
  endif()
endforeach()
message(STATUS "${said}")
