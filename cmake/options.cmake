include(GNUInstallDirs)

option(MONOCHORD_TESTS "Build the tests" ${PROJECT_IS_TOP_LEVEL})
option(MONOCHORD_EXAMPLES "Build the example bots" ${PROJECT_IS_TOP_LEVEL})
option(MONOCHORD_TESTING "Build monochord::testing, the mock Discord" ON)
option(MONOCHORD_PROGRAMS "Build the programs (monochord-mock, monochord-demo; need MONOCHORD_TESTING)" ${PROJECT_IS_TOP_LEVEL})
option(MONOCHORD_INSTALL "Generate the install target" ${PROJECT_IS_TOP_LEVEL})
option(MONOCHORD_PCH "Precompile headers that many sources share: a third less time from clean" ON)
option(MONOCHORD_UNITY "Compile several sources at a time: half the time from clean, more after a change" ON)
option(MONOCHORD_PACK_RELOCATIONS "Link programs with relocations of a bit or two, where the linker can; they need glibc 2.36" ON)
option(MONOCHORD_LINK_WHAT_IS_USED "Link programs without the functions and libraries that they do not use" ON)
option(MONOCHORD_ORDER_START "Put what a start runs together in the library (g++): 2 MB less in memory" ON)
option(MONOCHORD_FUZZ "Build the fuzz targets with libFuzzer (clang only)" OFF)
option(MONOCHORD_WERROR "Treat warnings as errors (for CI)" OFF)
option(MONOCHORD_SNIPPETS_ASAN "Run the code of the pages also unoptimised and with AddressSanitizer" OFF)
set(MONOCHORD_SANITIZE "" CACHE STRING "Sanitizers to build with, e.g. address,undefined or thread")
set(MONOCHORD_DISCORD_DATA "$ENV{MONOCHORD_DISCORD_DATA}" CACHE PATH
    "Folder with Discord's API as data; tests that need it skip without it")

if(PROJECT_IS_TOP_LEVEL)
  if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
  endif()
  set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
  set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
endif()

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 12)
  message(FATAL_ERROR "monochord needs g++ >= 12, this is ${CMAKE_CXX_COMPILER_VERSION}")
elseif(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 19)
  message(FATAL_ERROR "monochord needs clang >= 19 (older ones keep thread-local addresses across co_await), "
                      "this is ${CMAKE_CXX_COMPILER_VERSION}")
endif()

# What every target of this project is compiled with; never exported to users.
add_library(monochord_build_flags INTERFACE)
target_compile_options(monochord_build_flags INTERFACE -Wall -Wextra -Wpedantic -Wconversion
                       $<$<BOOL:${MONOCHORD_WERROR}>:-Werror>)
# clang reports what libstdc++ 12's own std::stable_sort uses as deprecated.
target_compile_options(monochord_build_flags INTERFACE $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>)
# g++ 12, optimising, sees overlaps and overflows in libstdc++'s own std::string (GCC bug 105651), the more so in
# precompiled headers, of which it forgets that they are the system's. clang keeps an eye on the real ones.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(monochord_build_flags INTERFACE
    $<$<NOT:$<CONFIG:Debug>>:-Wno-restrict;-Wno-stringop-overflow;-Wno-array-bounds>)
endif()
if(MONOCHORD_SANITIZE)
  target_compile_options(monochord_build_flags INTERFACE -fsanitize=${MONOCHORD_SANITIZE} -fno-omit-frame-pointer -g1)
  target_link_options(monochord_build_flags INTERFACE -fsanitize=${MONOCHORD_SANITIZE})
  if(MONOCHORD_SANITIZE MATCHES "undefined")
    target_compile_options(monochord_build_flags INTERFACE -fno-sanitize-recover=undefined)
  endif()
  if(MONOCHORD_SANITIZE MATCHES "thread")
    target_compile_definitions(monochord_build_flags INTERFACE BOOST_ASIO_DISABLE_FENCED_BLOCK)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU") # it warns of fences in Asio's counts; tests/support/main.cpp tells TSan
      target_compile_options(monochord_build_flags INTERFACE -Wno-tsan)
    endif()
  endif()
endif()
if(MONOCHORD_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "MONOCHORD_FUZZ needs clang (libFuzzer)")
  endif()
  # Branches of the library are counted, those of what tests it are not: a target says so (MONOCHORD_UNCOUNTED).
  target_compile_options(monochord_build_flags INTERFACE
    $<$<NOT:$<BOOL:$<TARGET_PROPERTY:MONOCHORD_UNCOUNTED>>>:-fsanitize=fuzzer-no-link>)
endif()
