using LocalFargate.Protocol;

namespace LocalFargate.Faults;

/// <summary>A fault of a request or of its reply.</summary>
public abstract record RequestFault : Fault
{
    /// <summary>The operation it happens to, such as DescribeTasks; null for all of them.</summary>
    public string? Operation { get; init; }

    /// <summary>Before the operation is performed.</summary>
    internal virtual Task BeforeAsync(AwsCall call) => Task.CompletedTask;

    /// <summary>After the operation was performed, before its reply is sent.</summary>
    internal virtual Task AfterAsync(AwsCall call) => Task.CompletedTask;
}
