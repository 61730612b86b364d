namespace EcsFargateLogin.Transfers;

// The commands for the container: POSIX sh, with the programs of GNU or BusyBox.
internal sealed partial class TarCopy
{
    /// <summary>Prints which of its arguments are no programs here.</summary>
    private const string PrintMissing =
        "exec sh -c 'for p; do command -v \"$p\" >/dev/null 2>&1 || echo \"$p\"; done' sh";

    /// <summary>Prints the kind of file at each path, or at the end of a link there.</summary>
    private const string PrintKinds =
        "exec xargs -0 sh -c 'for p; do "
        + "if [ -d \"$p\" ]; then echo folder; elif [ -f \"$p\" ]; then echo file; "
        + "elif [ -c \"$p\" ] || [ -b \"$p\" ]; then echo device; elif [ -e \"$p\" ]; then echo other; else echo none; fi; done' sh";
    private const string Unpack = "exec tar -xpf -";
    private const string MakeFolders = "exec xargs -0 mkdir -p --";

    /// <summary>Renames a complete file to its target; if the target exists, writes the content into it.</summary>
    private const string MoveToTarget =
        "exec xargs -0 -n 2 sh -c 'if [ -e \"$1\" ] || [ -L \"$1\" ]; "
        + "then cat <\"$0\" >\"$1\" && { touch -c -r \"$0\" \"$1\" 2>/dev/null; rm -f -- \"$0\"; }; else mv -f -- \"$0\" \"$1\"; fi'";

    private const string Remove = "exec xargs -0 rm -f --";
    private const string Pack = "exec xargs -0 tar -cf - --";

    /// <summary>Follows links, which is safe for a single file only: in a folder they may form a cycle.</summary>
    private const string PackFile = "exec xargs -0 tar -chf - --";

    /// <summary>Prints the names in a folder, each terminated by NUL.</summary>
    private const string PrintNames =
        "exec xargs -0 sh -c 'cd -- \"$1\" >/dev/null && for f in .* *; do "
        + "if [ -e \"$f\" ] || [ -L \"$f\" ]; then printf \"%s\\0\" \"$f\"; fi; done' sh";
}
