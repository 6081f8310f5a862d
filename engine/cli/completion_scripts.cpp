#include "engine/cli/completion.hpp"

namespace equivolve::cli {
namespace {

// The program reads the words from its input, one a line, and answers with a line that says what
// the shell is to do, then one line for each offer: text, tabulator, explanation.

constexpr const char* kBash =
    R"(# bash completion of equivolve. Source it, or put it where bash-completion looks:
#   source <(equivolve documentation completion bash)
_equivolve() {
    local program=${COMP_WORDS[0]/#\~/$HOME} current=${COMP_WORDS[COMP_CWORD]} answer=() line offer
    [[ $current == '=' ]] && current=
    COMPREPLY=()
    mapfile -t answer < <(printf '%s\n' "${COMP_WORDS[@]:1:COMP_CWORD}" |
        "$program" documentation complete 2>/dev/null)
    case ${answer[0]} in
        files)
            compopt -o filenames 2>/dev/null
            mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
        folders)
            compopt -o filenames 2>/dev/null
            mapfile -t COMPREPLY < <(compgen -d -- "$current") ;;
        nospace) compopt -o nospace 2>/dev/null ;;
    esac
    for line in "${answer[@]:1}"; do
        offer=${line%%$'\t'*}
        if [[ $offer == *[[:space:]\'\"\\\$\`\;\&\|\<\>\(\)]* ]]; then printf -v offer %q "$offer"; fi
        COMPREPLY+=("$offer")
    done
}
complete -F _equivolve equivolve
)";

constexpr const char* kZsh = R"(#compdef equivolve
# zsh completion of equivolve: a file _equivolve in a folder of $fpath, or
#   source <(equivolve documentation completion zsh)
_equivolve() {
    local -a answer offers
    local line text
    answer=("${(@f)$(print -rl -- "${(@)words[2,CURRENT]}" | ${~words[1]} documentation complete 2>/dev/null)}")
    for line in "${(@)answer[2,-1]}"; do
        text=${line%%$'\t'*}
        offers+=("${text//:/\\:}:${line#*$'\t'}")
    done
    case $answer[1] in
        files) _files ;;
        folders) _files -/ ;;
    esac
    if [[ $answer[1] == nospace ]]; then
        _describe -t offers equivolve offers -S ''
    elif (( $#offers )); then
        _describe -t offers equivolve offers
    fi
}
if [[ $funcstack[1] == _equivolve ]]; then
    _equivolve "$@"
else
    compdef _equivolve equivolve
fi
)";

constexpr const char* kFish = R"(# fish completion of equivolve:
#   equivolve documentation completion fish | source
function __equivolve_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l program $words[1]
    set -e words[1]
    set -l answer (printf '%s\n' $words "$current" | $program documentation complete 2>/dev/null)
    switch "$answer[1]"
        case files
            __fish_complete_path "$current"
        case folders
            __fish_complete_directories "$current" ''
    end
    set -e answer[1]
    if test (count $answer) -gt 0
        printf '%s\n' $answer
    end
end
complete -c equivolve -f -a '(__equivolve_complete)'
)";

}  // namespace

std::string completion_script(const std::string& shell) {
  if (shell == "bash") return kBash;
  if (shell == "zsh") return kZsh;
  if (shell == "fish") return kFish;
  return "";
}

}  // namespace equivolve::cli
