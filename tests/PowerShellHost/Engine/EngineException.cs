namespace PowerShellHost;

/// <summary>No PowerShell engine can be had; the message says why and what to do.</summary>
public sealed class EngineException : Exception
{
    public EngineException(string message)
        : base(message)
    {
    }

    public EngineException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
