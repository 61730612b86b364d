using EcsFargateLogin.Foundation;

namespace EcsFargateLogin;

/// <summary>The result of a check.</summary>
public enum FargateCheckResult
{
    /// <summary>As it should be.</summary>
    Passed,
    /// <summary>A session works, but not with everything, or not always.</summary>
    Warning,
    /// <summary>A session will not work.</summary>
    Failed,
    /// <summary>It could not be checked.</summary>
    NotChecked,
}

/// <summary>The result of checking one thing that a session needs.</summary>
public sealed class FargateLoginCheck
{
    internal FargateLoginCheck(string check, FargateCheckResult result, string detail, string fix = "") =>
        (Check, Result, Detail, Fix) = (check, result, TerminalText.Clean(detail), TerminalText.Clean(fix));

    /// <summary>The thing that was checked.</summary>
    public string Check { get; }

    /// <summary>The result.</summary>
    public FargateCheckResult Result { get; }

    /// <summary>The finding, or the reason why it could not be checked.</summary>
    public string Detail { get; }

    /// <summary>The next step; empty if there is nothing to do.</summary>
    public string Fix { get; }

    /// <summary>The check and its result.</summary>
    public override string ToString() => $"{Check}: {Result}";
}
