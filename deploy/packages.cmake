# Debian packages by CPack: moyo-server, moyo-worker, moyo-tools, and moyo-trainer in a build with Torch.
#
#   cmake --build build/release && cpack --config build/release/CPackConfig.cmake -B packages
#
# Needs dpkg-dev and file, which find out what the programs depend on.

# moyo_package(NAME PROGRAMS.. SUMMARY text [UNIT]): the package moyo-NAME. UNIT: it comes with the systemd
# unit moyo-NAME.service and its settings, /etc/moyo/NAME.env.
function(moyo_package name)
  cmake_parse_arguments(ARG "UNIT" "SUMMARY;RECOMMENDS" "PROGRAMS" ${ARGN})
  install(TARGETS ${ARG_PROGRAMS} RUNTIME DESTINATION bin COMPONENT ${name})
  install(FILES ${CMAKE_SOURCE_DIR}/LICENSE DESTINATION share/doc/moyo-${name} RENAME copyright COMPONENT ${name})
  install(FILES ${CMAKE_CURRENT_SOURCE_DIR}/README.md ${CMAKE_SOURCE_DIR}/CHANGELOG.md
    DESTINATION share/doc/moyo-${name} COMPONENT ${name})
  set(control)
  if(ARG_UNIT)
    install(FILES systemd/moyo-${name}.service DESTINATION lib/systemd/system COMPONENT ${name})
    # Not for everyone to read: a join code may stand there.
    install(FILES systemd/${name}.env DESTINATION /etc/moyo COMPONENT ${name}
      PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ)
    set(folder ${CMAKE_CURRENT_BINARY_DIR}/debian/${name})
    set(MOYO_UNIT moyo-${name}.service)
    foreach(script postinst prerm postrm)
      configure_file(debian/${script}.in ${folder}/${script} @ONLY)
      list(APPEND control ${folder}/${script})
    endforeach()
    file(CONFIGURE OUTPUT ${folder}/conffiles CONTENT "/etc/moyo/${name}.env\n")
    list(APPEND control ${folder}/conffiles)
  endif()
  string(TOUPPER ${name} upper)
  set(CPACK_DEBIAN_${upper}_PACKAGE_NAME moyo-${name} PARENT_SCOPE)
  set(CPACK_DEBIAN_${upper}_PACKAGE_RECOMMENDS "${ARG_RECOMMENDS}" PARENT_SCOPE)
  set(CPACK_DEBIAN_${upper}_PACKAGE_CONTROL_EXTRA "${control}" PARENT_SCOPE)
  set(CPACK_COMPONENT_${upper}_DESCRIPTION "${ARG_SUMMARY}" PARENT_SCOPE)
  set(CPACK_COMPONENTS_ALL ${CPACK_COMPONENTS_ALL} ${name} PARENT_SCOPE)
endfunction()

set(CPACK_COMPONENTS_ALL)
moyo_package(server UNIT PROGRAMS moyo-server
  SUMMARY "Moyo's coordinator: Go games to work units, shards and ledger")
moyo_package(worker UNIT PROGRAMS moyo-worker
  SUMMARY "Moyo's parse worker: Go game records to shards")
moyo_package(tools PROGRAMS moyo RECOMMENDS "moyo-server, moyo-worker"
  SUMMARY "Moyo's command line: runs, status, ledger, survey, export")
if(MOYO_TORCH)
  moyo_package(trainer UNIT PROGRAMS moyo-trainer moyo-play RECOMMENDS "libopenblas0-openmp"
    SUMMARY "Moyo's trainer and player: shards to a policy network for Go")
endif()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME moyo)
set(CPACK_PACKAGE_CONTACT "Moyo authors <authors@moyo.invalid>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)
