using System.Text;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Sessions.Commands;

/// <summary>What is to be run in sessions' containers: a line for the login shell there, and the script it reads.</summary>
internal sealed record RemoteCommand
{
    /// <summary>In bytes of UTF-8; a little less than Linux takes as one argument of a program, here and there.</summary>
    public const int LongestLine = 120_000;

    private const string MergeErrors = "exec 2>&1\n";

    /// <summary>The shells that take a script from standard input with -s.</summary>
    private static readonly string[] Shells = ["sh", "bash", "dash", "ash", "ksh", "mksh", "zsh"];

    private RemoteCommand(string line) => Line = line;

    /// <summary>The line.</summary>
    public string Line { get; }

    /// <summary>The script, as a shell reads it from its standard input; empty for a command.</summary>
    public ReadOnlyMemory<byte> Script { get; private init; }

    /// <summary>A command as it is typed into a shell, and further words as they are.</summary>
    /// <param name="command">The command; the login shell takes it apart.</param>
    /// <param name="arguments">The words after it; nothing takes those apart.</param>
    /// <param name="mergesErrors">Whether standard error goes where standard output goes, in its place.</param>
    /// <exception cref="FargateException"><see cref="FargateError.InvalidCommand"/>.</exception>
    public static RemoteCommand OfLine(string command, IReadOnlyList<string> arguments, bool mergesErrors) =>
        Checked((mergesErrors ? MergeErrors : "") + PosixShell.Append(command, arguments));

    /// <summary>A script, which a shell reads from its standard input: the one that its first line names, or sh.</summary>
    /// <param name="path">The script's file here.</param>
    /// <param name="arguments">Its arguments, as they are.</param>
    /// <param name="mergesErrors">Whether standard error goes where standard output goes, in its place.</param>
    /// <exception cref="FargateException"><see cref="FargateError.InvalidCommand"/>.</exception>
    public static RemoteCommand OfScript(string path, IReadOnlyList<string> arguments, bool mergesErrors)
    {
        try
        {
            var script = File.ReadAllBytes(path);
            var line = PosixShell.Append($"{ShellOf(path, script)} -s --", arguments);
            return Checked(mergesErrors ? MergeErrors + line : line) with { Script = script };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FargateErrors.ScriptUnreadable(path, e);
        }
    }

    private static RemoteCommand Checked(string line)
    {
        if (line.Contains('\0', StringComparison.Ordinal))
        {
            throw FargateErrors.CommandHoldsNul();
        }

        var length = Encoding.UTF8.GetByteCount(line);
        return length <= LongestLine ? new RemoteCommand(line) : throw FargateErrors.CommandTooLong(length, LongestLine);
    }

    /// <summary>The shell of "#!/bin/bash" or "#!/usr/bin/env bash", by its name alone.</summary>
    private static string ShellOf(string path, byte[] script)
    {
        var firstLine = Encoding.UTF8.GetString(script, 0, Math.Min(script.Length, 256)).Split('\n')[0].TrimEnd('\r');
        if (!firstLine.StartsWith("#!", StringComparison.Ordinal))
        {
            return "sh";
        }

        var words = firstLine[2..].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word.Split('/')[^1]);
        var interpreter = words.FirstOrDefault(word => word != "env") ?? "";
        return Shells.Contains(interpreter) ? interpreter : throw FargateErrors.ScriptNotForShell(path, firstLine);
    }
}
