# Run after the library's archive is made: the functions of start_order.txt move to sections which GNU ld puts beside each
# other by itself, in this order: .text.startup.* what a start alone runs, .text.hot.* what a start and a bot at work run,
# .text.sorted.* what only a bot at work runs. Without, the fifth of the library that a start runs is strewn over all of it,
# and as the kernel maps 64 KiB around what is touched, nearly all is in memory.
#   cmake -D ARCHIVE=libmonochord.a -D OBJDUMP=objdump -D OBJCOPY=objcopy -D LIST=start_order.txt -P order_start.cmake
file(STRINGS "${LIST}" listed REGEX "^[a-z]+ _Z")
if(NOT listed)
  message(FATAL_ERROR "${LIST} has no line such as \"hot _Z...\"")
endif()
set(length 0)
foreach(line IN LISTS listed)
  string(REGEX MATCH "^([a-z]+) (.*)$" line "${line}")
  set(start "${CMAKE_MATCH_2}")
  set("part_of_${start}" "${CMAKE_MATCH_1}")
  string(LENGTH "${start}" this)
  if(this GREATER length)
    set(length ${this})
  endif()
endforeach()

execute_process(COMMAND "${OBJDUMP}" -hw "${ARCHIVE}" OUTPUT_VARIABLE sections COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL " [.]text[.]_Z[^ ]+" sections "${sections}")
list(REMOVE_DUPLICATES sections)
set(renamed "")
foreach(section IN LISTS sections)
  string(SUBSTRING "${section}" 7 -1 function)
  string(SUBSTRING "${function}" 0 ${length} start)
  if(DEFINED "part_of_${start}")
    string(APPEND renamed "--rename-section .text.${function}=.text.${part_of_${start}}.${function}\n")
  endif()
endforeach()
if(renamed STREQUAL "") # as when the linker optimises: there is no code in the archive yet
  return()
endif()
file(WRITE "${ARCHIVE}.order" "${renamed}")
execute_process(COMMAND "${OBJCOPY}" "@${ARCHIVE}.order" "${ARCHIVE}" RESULT_VARIABLE failed)
if(failed)
  message(WARNING "${ARCHIVE} keeps its order, and bots take 2 MB more: ${failed}")
endif()
