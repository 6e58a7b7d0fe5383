# Run after the library's archive is made: the functions of start_order.txt move to the sections .text.hot.*, which every
# linker of the GNU kind puts beside each other by itself. Without, the fifth of the library that a start runs is strewn
# over all of it, and as the kernel maps 64 KiB around what is touched, nearly all is in memory.
#   cmake -D ARCHIVE=libmonochord.a -D OBJDUMP=objdump -D OBJCOPY=objcopy -D LIST=start_order.txt -P order_start.cmake
file(STRINGS "${LIST}" listed REGEX "^_Z")
set(length 0)
foreach(start IN LISTS listed)
  set("in_order_${start}" TRUE)
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
  if(DEFINED "in_order_${start}")
    string(APPEND renamed "--rename-section .text.${function}=.text.hot.${function}\n")
  endif()
endforeach()
if(renamed STREQUAL "") # as when the linker optimises: there is no code in the archive yet
  return()
endif()
file(WRITE "${ARCHIVE}.order" "${renamed}")
execute_process(COMMAND "${OBJCOPY}" "@${ARCHIVE}.order" "${ARCHIVE}" COMMAND_ERROR_IS_FATAL ANY)
