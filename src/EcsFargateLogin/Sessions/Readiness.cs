namespace EcsFargateLogin.Sessions;

/// <summary>What makes a session ready.</summary>
/// <param name="PreferPrivate">Whether it is to be reached at its private address.</param>
/// <param name="SshAnswers">Whether its SSH server must have answered; otherwise a running task with an address will do.</param>
internal sealed record Readiness(bool PreferPrivate, bool SshAnswers);
