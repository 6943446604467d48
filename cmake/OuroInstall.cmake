# Installing: the program, the public headers, every module as a static library, and a package so that
# find_package(ouro) gives ouro::ouro. The modules are exported too, as what ouro::ouro is made of: not for use.
include(CMakePackageConfigHelpers)

get_property(ouro_modules GLOBAL PROPERTY OURO_MODULES)
install(TARGETS ${ouro_modules} EXPORT ouroTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}/ouro)
install(DIRECTORY include/ouro DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT ouroTargets NAMESPACE ouro:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/ouro)

configure_package_config_file("${CMAKE_CURRENT_LIST_DIR}/ouroConfig.cmake.in" "${PROJECT_BINARY_DIR}/ouroConfig.cmake"
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/ouro)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/ouroConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/ouroConfig.cmake" "${PROJECT_BINARY_DIR}/ouroConfigVersion.cmake"
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/ouro)

# Man pages and completions come from the program itself, so they are made when it is installed.
if(TARGET ouro AND NOT CMAKE_CROSSCOMPILING)
  install(CODE "
    set(ouro \"$<TARGET_FILE:ouro>\")
    set(share \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_DATADIR}\")
    execute_process(COMMAND \"\${ouro}\" completion --list OUTPUT_VARIABLE commands OUTPUT_STRIP_TRAILING_WHITESPACE
                    COMMAND_ERROR_IS_FATAL ANY)
    string(REPLACE \"\\n\" \";\" commands \"\${commands}\")
    file(MAKE_DIRECTORY \"\${share}/man/man1\")
    execute_process(COMMAND \"\${ouro}\" man OUTPUT_FILE \"\${share}/man/man1/ouro.1\" COMMAND_ERROR_IS_FATAL ANY)
    foreach(command IN LISTS commands)
      execute_process(COMMAND \"\${ouro}\" man \${command} OUTPUT_FILE \"\${share}/man/man1/ouro-\${command}.1\"
                      COMMAND_ERROR_IS_FATAL ANY)
    endforeach()
    foreach(entry IN ITEMS bash:bash-completion/completions/ouro zsh:zsh/site-functions/_ouro
                           fish:fish/vendor_completions.d/ouro.fish)
      string(REGEX MATCH \"^[a-z]+\" shell \"\${entry}\")
      string(REGEX REPLACE \"^[a-z]+:\" \"\" path \"\${entry}\")
      get_filename_component(folder \"\${share}/\${path}\" DIRECTORY)
      file(MAKE_DIRECTORY \"\${folder}\")
      execute_process(COMMAND \"\${ouro}\" completion \${shell} OUTPUT_FILE \"\${share}/\${path}\"
                      COMMAND_ERROR_IS_FATAL ANY)
    endforeach()")
endif()
