# Configures, builds and runs tests/compile/consumer outside of this project's tree.
# cmake -DWAY=package|fetchcontent -DBUILD=<our build> -DSOURCE=<our source> -DCOMPILER=<c++> -P consumer_test.cmake
set(work "${BUILD}/consumer/${WAY}")
file(REMOVE_RECURSE "${work}")

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result COMMAND_ECHO STDOUT)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "${WAY}: failed (${result})")
  endif()
endfunction()

# A copy, so that nothing of the consumer is inside the tree.
file(COPY "${SOURCE}/tests/compile/consumer/" DESTINATION "${work}/source")
if(WAY STREQUAL package)
  run(${CMAKE_COMMAND} --install "${BUILD}" --prefix "${work}/prefix")
  set(how "-DCMAKE_PREFIX_PATH=${work}/prefix")
  set(programs consumer consumer_test)
else()
  set(how "-DMONOCHORD_SOURCE=${SOURCE}")
  set(programs consumer)
endif()
# Without debug information, which nobody looks at here.
run(${CMAKE_COMMAND} -S "${work}/source" -B "${work}/build" -G Ninja -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_FLAGS_DEBUG=-O0
    "-DCMAKE_CXX_COMPILER=${COMPILER}" ${how})
run(${CMAKE_COMMAND} --build "${work}/build" --target ${programs})
foreach(program IN LISTS programs)
  run("${work}/build/${program}")
endforeach()
