# monochord_layer(name LINK lib... PCH header... [UNITY] [ALONE source...]): one room of the house (docs/architecture.md).
# Its sources are every .cpp of src/<name>/, compiled once as an object library; the library monochord is all of them
# together. Which room may include which is checked by tests/compile/layers.py. PCH: see monochord_precompile. UNITY,
# ALONE: see monochord_unite.
define_property(GLOBAL PROPERTY MONOCHORD_LAYERS BRIEF_DOCS "Object libraries that make up monochord")

function(monochord_layer name)
  cmake_parse_arguments(arg "UNITY" "" "LINK;PCH;ALONE" ${ARGN})
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
  # So that the linker can put what a start runs together (MONOCHORD_ORDER_START), and a program drop what it does not call.
  target_compile_options(monochord_${name} PRIVATE -ffunction-sections -fdata-sections)
  # So that g++, as clang does by itself, inlines across what a shared library could replace; this one is static.
  target_compile_options(monochord_${name} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-fno-semantic-interposition>)
  # So that a call of another library is one jump, by its address, and not a second one by a stub: a bot that slept since its last
  # event meets each for the first time.
  target_compile_options(monochord_${name} PRIVATE $<$<CXX_COMPILER_ID:GNU,Clang>:-fno-plt>)
  target_link_libraries(monochord_${name} PUBLIC Boost::headers Threads::Threads PRIVATE monochord_build_flags ${arg_LINK})
  monochord_precompile(monochord_${name} ${arg_PCH})
  if(arg_UNITY)
    monochord_unite(monochord_${name} ${arg_ALONE})
  endif()
  set_property(GLOBAL APPEND PROPERTY MONOCHORD_LAYERS monochord_${name})
endfunction()

# monochord_precompile(target header...): headers that nearly every source of the target includes ("x.hpp" or <x>), parsed
# once. Most of the time of a small source goes into them. Each source still includes what it uses: a build without
# MONOCHORD_PCH has to work.
function(monochord_precompile target)
  if(NOT MONOCHORD_PCH OR NOT ARGN)
    return()
  endif()
  list(TRANSFORM ARGN REPLACE "^([^<].*)$" "\"\\1\"")
  target_precompile_headers(${target} PRIVATE ${ARGN})
  # What ccache needs to see into them.
  target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>
    $<$<CXX_COMPILER_ID:Clang>:SHELL:-Xclang -fno-pch-timestamp>)
endfunction()

# monochord_unite(target source...): the sources of the target are compiled several at a time, except those that are named
# (MONOCHORD_UNITY). What the sources have for themselves must then have names of its own within the room; each source
# still includes what it uses.
function(monochord_unite target)
  if(NOT MONOCHORD_UNITY)
    return()
  endif()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 6)
  set_source_files_properties(${ARGN} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  # To g++ a source that is included by another is a header, whose types want a linkage.
  target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
endfunction()
