# `cmake --install`: the libraries, their headers, the programs for users, and the package that find_package(monochord CONFIG) reads.
include(CMakePackageConfigHelpers)
set(package_folder "${CMAKE_INSTALL_LIBDIR}/cmake/monochord")

install(TARGETS monochord EXPORT monochordTargets ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/monochord" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
        PATTERN testing EXCLUDE)
if(TARGET monochord_testing)
  install(TARGETS monochord_testing EXPORT monochordTargets ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
  install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/monochord/testing"
          DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/monochord")
endif()
foreach(program monochord-mock monochord-identify-queue)
  if(TARGET ${program})
    install(TARGETS ${program} RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
  endif()
endforeach()

configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/monochordConfig.cmake.in"
  "${PROJECT_BINARY_DIR}/package/monochordConfig.cmake" INSTALL_DESTINATION "${package_folder}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/package/monochordConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/package/monochordConfig.cmake"
  "${PROJECT_BINARY_DIR}/package/monochordConfigVersion.cmake" "${PROJECT_SOURCE_DIR}/cmake/FindMonochordZstd.cmake"
  DESTINATION "${package_folder}")
install(EXPORT monochordTargets NAMESPACE monochord:: DESTINATION "${package_folder}")
