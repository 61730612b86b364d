using EcsFargateLogin.Foundation;

namespace EcsFargateLogin;

/// <summary>What a check has come to.</summary>
public enum FargateCheckResult
{
    /// <summary>As it should be.</summary>
    Passed,
    /// <summary>A session works, but not with everything, or not always.</summary>
    Warning,
    /// <summary>A session will not work.</summary>
    Failed,
    /// <summary>It could not be looked at.</summary>
    NotChecked,
}

/// <summary>One thing that a session needs, and how it is.</summary>
public sealed class FargateLoginCheck
{
    internal FargateLoginCheck(string check, FargateCheckResult result, string detail, string fix = "") =>
        (Check, Result, Detail, Fix) = (check, result, TerminalText.Clean(detail), TerminalText.Clean(fix));

    /// <summary>What was looked at.</summary>
    public string Check { get; }

    /// <summary>How it is.</summary>
    public FargateCheckResult Result { get; }

    /// <summary>What was found, or why it could not be looked at.</summary>
    public string Detail { get; }

    /// <summary>What to do about it; empty where there is nothing to be done.</summary>
    public string Fix { get; }

    /// <summary>The check and its result.</summary>
    public override string ToString() => $"{Check}: {Result}";
}
