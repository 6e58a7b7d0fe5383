# monochord_layer(name LINK lib...): one room of the house (docs/architecture.md). Its sources are every .cpp of
# src/<name>/, compiled once as an object library; the library monochord is all of them together. Which room may include
# which is checked by tests/compile/layers.py.
define_property(GLOBAL PROPERTY MONOCHORD_LAYERS BRIEF_DOCS "Object libraries that make up monochord")

function(monochord_layer name)
  cmake_parse_arguments(arg "" "" "LINK" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/src/${name}/*.cpp")
  if(NOT sources) # headers only
    add_library(monochord_${name} INTERFACE)
    return()
  endif()
  add_library(monochord_${name} OBJECT ${sources})
  target_compile_features(monochord_${name} PUBLIC cxx_std_20)
  set_target_properties(monochord_${name} PROPERTIES CXX_EXTENSIONS OFF POSITION_INDEPENDENT_CODE ON)
  # Asio is compiled once (src/core/asio.cpp); everyone who includes it must know.
  target_compile_definitions(monochord_${name} PUBLIC BOOST_ASIO_SEPARATE_COMPILATION
                             PRIVATE BOOST_BEAST_SEPARATE_COMPILATION)
  target_include_directories(monochord_${name} PUBLIC "${PROJECT_SOURCE_DIR}/include" PRIVATE "${PROJECT_SOURCE_DIR}/src")
  target_link_libraries(monochord_${name} PUBLIC Boost::headers Threads::Threads PRIVATE monochord_build_flags ${arg_LINK})
  set_property(GLOBAL APPEND PROPERTY MONOCHORD_LAYERS monochord_${name})
endfunction()
