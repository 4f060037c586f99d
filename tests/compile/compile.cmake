# Compiles SOURCE with COMPILER and OPTIONS (joined by '|'), checking syntax alone. A file that
# begins with "// reason: WORDS" must be refused with these words, a regular expression because
# compilers differ; another must compile.
string(REPLACE "|" ";" options "${OPTIONS}")
file(STRINGS ${SOURCE} reason LIMIT_COUNT 1 REGEX "^// reason: ")
execute_process(COMMAND ${COMPILER} ${options} -fsyntax-only ${SOURCE} RESULT_VARIABLE refused
                ERROR_VARIABLE said)
if(NOT reason)
  if(refused)
    message(FATAL_ERROR "does not compile:\n${said}")
  endif()
  return()
endif()
string(REPLACE "// reason: " "" reason "${reason}")
if(NOT refused)
  message(FATAL_ERROR "compiles, and must not")
endif()
if(NOT said MATCHES "error: [^\n]*(${reason})")
  message(FATAL_ERROR "is refused, but not because of '${reason}':\n${said}")
endif()
