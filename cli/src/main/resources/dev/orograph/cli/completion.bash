
# Ids of the run that 'get' or 'explain' names, and models that come along; all else as above.
_orograph_all() {
  local word=${COMP_LINE:0:COMP_POINT}
  word=${word##* }
  local from=
  case ${COMP_WORDS[1]} in
    get)
      local run=${COMP_WORDS[2]%/}
      if [ "$COMP_CWORD" -ge 3 ] && [ "${word:0:1}" != - ] && [ -f "$run/results.json" ]; then
        from=$(LC_ALL=C grep -o '"id": "[A-Za-z0-9_.-]*"' "$run/results.json" | cut -d '"' -f 4)
      fi
      ;;
    survey | compare | inspect | neighbours | analogy | density | gain | states | talk | entropy | extract | wordnet | project | waterfill | levelset)
      case $word in
        s*) from='@SAMPLES@' ;;
      esac
      ;;
  esac
  if [ -n "$from" ]; then
    mapfile -t COMPREPLY < <(compgen -W "$from" -- "$word")
    # Where ':' parts words, only what follows it is put in.
    if [[ $word == *:* && $COMP_WORDBREAKS == *:* ]]; then
      COMPREPLY=("${COMPREPLY[@]#"${word%:*}:"}")
    fi
    [ ${#COMPREPLY[@]} -gt 0 ] && return
  fi
  _complete_orograph
}
complete -F _orograph_all -o default orograph orograph.sh orograph.bash
