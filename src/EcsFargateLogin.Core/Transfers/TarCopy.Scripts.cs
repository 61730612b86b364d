namespace EcsFargateLogin.Transfers;

// The commands for the container: POSIX sh, with the programs of GNU or BusyBox.
internal sealed partial class TarCopy
{
    /// <summary>Prints which of its arguments are no programs here.</summary>
    private const string PrintMissing =
        "exec sh -c 'for p; do command -v \"$p\" >/dev/null 2>&1 || echo \"$p\"; done' sh";

    /// <summary>
    /// Removes the end of each argument that says that it is whole, and exits if one has none: the connection was lost, and xargs
    /// takes what has arrived of a path for all of it. It copies its arguments each time, so they have to be few.
    /// </summary>
    private const string TakeWhole =
        "for p; do shift; case $p in *" + RemotePrograms.PathEnd + ") set -- \"$@\" \"${p%" + RemotePrograms.PathEnd + "}\";; "
        + "*) exit 1;; esac; done; ";

    private const string ForPaths = "exec xargs -0 -n 200 sh -c '" + TakeWhole;
    private const string ForPairs = "exec xargs -0 -n 2 sh -c '" + TakeWhole + "[ $# = 2 ] || exit 1; ";
    private const string End = "' sh";

    /// <summary>Prints the kind of file at each path, or at the end of a link there.</summary>
    private const string PrintKinds =
        ForPaths + "for p; do "
        + "if [ -d \"$p\" ]; then echo folder; elif [ -f \"$p\" ]; then echo file; "
        + "elif [ -c \"$p\" ] || [ -b \"$p\" ]; then echo device; elif [ -e \"$p\" ]; then echo other; else echo none; fi; done" + End;

    private const string Unpack = "exec tar -xpf -";
    private const string MakeFolders = ForPaths + "exec mkdir -p -- \"$@\"" + End;

    /// <summary>Renames a complete file to its target; if the target exists, writes the content into it.</summary>
    private const string MoveToTarget =
        ForPairs + "if [ -e \"$2\" ] || [ -L \"$2\" ]; "
        + "then cat <\"$1\" >\"$2\" && { touch -c -r \"$1\" \"$2\" 2>/dev/null; rm -f -- \"$1\"; }; else mv -f -- \"$1\" \"$2\"; fi" + End;

    private const string Remove = ForPaths + "exec rm -f -- \"$@\"" + End;

    /// <summary>Packs the content of a folder, with names that are relative to it.</summary>
    private const string Pack = ForPaths + "[ $# = 1 ] && exec tar -cf - -C \"$1\" ." + End;

    /// <summary>
    /// Packs a name in a folder. It follows links, which is safe for a single file only: in a folder they may form a cycle.
    /// </summary>
    private const string PackFile = ForPairs + "exec tar -chf - -C \"$1\" -- \"$2\"" + End;

    /// <summary>Prints the names in a folder, each terminated by NUL.</summary>
    private const string PrintNames =
        ForPaths + "[ $# = 1 ] && cd -- \"$1\" >/dev/null && for f in .* *; do "
        + "if [ -e \"$f\" ] || [ -L \"$f\" ]; then printf \"%s\\0\" \"$f\"; fi; done" + End;
}
