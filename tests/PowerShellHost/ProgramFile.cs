using System.Diagnostics;

namespace PowerShellHost;

/// <summary>Programs that tests write: scripts of sh.</summary>
public static class ProgramFile
{
    /// <summary>Makes a program of a script, for its owner alone.</summary>
    /// <param name="file">Its path.</param>
    /// <param name="script">The script, without the line that names the shell.</param>
    /// <remarks>
    /// Another process makes it. Had this one the file open for writing, a process that another test starts at that moment would
    /// have it open too until it becomes its program, and as long as that the kernel runs it for nobody (ETXTBSY).
    /// </remarks>
    public static void Write(string file, string script)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var text = $"{file}.text";
        File.WriteAllText(text, $"#!/bin/sh\n{script}\n");
        using (var install = Process.Start("install", ["-m", "0700", "--", text, file]))
        {
            install.WaitForExit();
            if (install.ExitCode != 0)
            {
                throw new IOException($"install cannot make {file}.");
            }
        }

        File.Delete(text);
    }
}
