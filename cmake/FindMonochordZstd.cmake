# zstd as monochord::zstd. Distributions, vcpkg and a plain `make install` name zstd's own CMake targets differently or
# ship none, so the library is looked for directly. Used by the build and by the installed package alike.
find_path(MONOCHORD_ZSTD_INCLUDE zstd.h)
find_library(MONOCHORD_ZSTD_LIBRARY zstd)
mark_as_advanced(MONOCHORD_ZSTD_INCLUDE MONOCHORD_ZSTD_LIBRARY)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(MonochordZstd REQUIRED_VARS MONOCHORD_ZSTD_LIBRARY MONOCHORD_ZSTD_INCLUDE)

if(MonochordZstd_FOUND AND NOT TARGET monochord::zstd)
  add_library(monochord::zstd UNKNOWN IMPORTED)
  set_target_properties(monochord::zstd PROPERTIES
    IMPORTED_LOCATION "${MONOCHORD_ZSTD_LIBRARY}" INTERFACE_INCLUDE_DIRECTORIES "${MONOCHORD_ZSTD_INCLUDE}")
endif()
