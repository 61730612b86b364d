using System.Management.Automation;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Pipeline;

/// <summary>The one place where errors become error records, so that ids and categories are seen together.</summary>
internal static class ErrorRecords
{
    /// <summary>
    /// PowerShell 7.5 and later print the recommended action below an error. Before that, and only then, the message has to say it.
    /// </summary>
    private static readonly bool _printsRecommendations = typeof(PSObject).Assembly.GetName().Version >= new Version(7, 5);

    /// <summary>Makes the error record of an error.</summary>
    /// <param name="exception">The error.</param>
    /// <param name="input">What the command was at work on; null for nothing of the user's.</param>
    public static ErrorRecord ToErrorRecord(this FargateException exception, object? input = null)
    {
        ErrorRecord record = new(exception, exception.Error.ToString(), CategoryOf(exception.Error), TargetOf(exception, input))
        {
            ErrorDetails = new ErrorDetails(_printsRecommendations ? exception.Summary : exception.Message)
            {
                RecommendedAction = exception.NextStep,
            },
        };
        // The object stays what it is; this is what is shown of it.
        record.CategoryInfo.TargetName = TerminalText.OneLine(record.CategoryInfo.TargetName ?? "");
        return record;
    }

    /// <summary>Whether what was asked for was done all the same: that is told as a warning.</summary>
    public static bool IsWarning(this FargateException exception) =>
        exception.Error is FargateError.IngressNotRevoked or FargateError.FilesNotDeleted;

    /// <summary>
    /// Makes the error record of a line that a remote command wrote to standard error: that is no error of ours. The name of its
    /// type is for the view, which shows the line as it is.
    /// </summary>
    public static ErrorRecord OfErrorLine(string line, FargateSession session)
    {
        ErrorRecord record = new(new RemoteException(line), "RemoteStandardError", ErrorCategory.NotSpecified, session);
        PSObject.AsPSObject(record).TypeNames.Insert(0, "EcsFargateLogin.RemoteStandardError");
        return record;
    }

    /// <summary>Whether no further record of the same command can succeed after it.</summary>
    public static bool EndsTheCommand(this FargateException exception) => exception.Error is
        FargateError.NoCredentials or FargateError.ProfileNotFound or FargateError.CredentialsExpired
        or FargateError.InvalidCredential or FargateError.InvalidProfile
        or FargateError.NoRegion or FargateError.InvalidEndpoint or FargateError.SshNotFound
        or FargateError.InvalidSshOption or FargateError.InvalidMyAddress or FargateError.InvalidCommand or FargateError.ModuleIncomplete
        or FargateError.LocalPortUnavailable or FargateError.LocalItemNotFound
        or FargateError.InvalidPreset or FargateError.PresetUnavailable
        or FargateError.InvalidTransport or FargateError.PluginNotFound;

    /// <summary>The user's own value that an error is about: the one that it names, or what the command was at work on.</summary>
    private static object? TargetOf(FargateException exception, object? input) => NamesAValue(exception.Error)
        ? exception.Target ?? input
        : input ?? exception.Target;

    private static bool NamesAValue(FargateError error) => error is
        FargateError.ProfileNotFound or FargateError.InvalidProfile or FargateError.NoRegion or FargateError.InvalidEndpoint
        or FargateError.SshNotFound or FargateError.InvalidSshOption or FargateError.ClusterNotFound
        or FargateError.InvalidTransport or FargateError.PluginNotFound
        or FargateError.SubnetNotFound or FargateError.SecurityGroupNotFound or FargateError.ContainerNotFound
        or FargateError.InvalidEnvironmentVariable or FargateError.JournalUnavailable or FargateError.ModuleIncomplete
        or FargateError.SessionNotFound or FargateError.InvalidTag or FargateError.InvalidMyAddress or FargateError.LocalPortUnavailable
        or FargateError.InvalidKey or FargateError.InvalidFromAddress
        or FargateError.LocalItemNotFound or FargateError.ItemNotFound or FargateError.InvalidDestination
        or FargateError.CopyFailed or FargateError.CopyInterrupted or FargateError.TranscriptUnavailable
        or FargateError.PresetNotFound or FargateError.InvalidPreset or FargateError.PresetUnavailable
        or FargateError.ServiceNotFound or FargateError.ServiceUnsuitable
        or FargateError.InvalidImage or FargateError.DistributionUnknown or FargateError.InvalidFamily
        or FargateError.FileExists or FargateError.FileNotWritten;

    private static ErrorCategory CategoryOf(FargateError error) => error switch
    {
        FargateError.NoCredentials or FargateError.CredentialsExpired => ErrorCategory.AuthenticationError,
        FargateError.AccessDenied => ErrorCategory.PermissionDenied,
        FargateError.HostKeyNotVerified or FargateError.HostKeyMismatch => ErrorCategory.SecurityError,
        FargateError.ProfileNotFound or FargateError.ClusterNotFound or FargateError.TaskDefinitionNotFound
            or FargateError.SubnetNotFound or FargateError.SecurityGroupNotFound
            or FargateError.NetworkInterfaceNotFound or FargateError.TaskNotFound or FargateError.ContainerNotFound
            or FargateError.NoPublicAddress or FargateError.NoAddress or FargateError.KeyNotFound
            or FargateError.SessionNotFound or FargateError.TunnelNotFound
            or FargateError.LocalItemNotFound or FargateError.ItemNotFound
            or FargateError.PresetNotFound or FargateError.ServiceNotFound =>
            ErrorCategory.ObjectNotFound,
        FargateError.NoRegion or FargateError.InvalidEndpoint or FargateError.InvalidCredential
            or FargateError.InvalidEnvironmentVariable or FargateError.InvalidTag or FargateError.InvalidMyAddress
            or FargateError.InvalidKey or FargateError.InvalidDestination or FargateError.InvalidFromAddress
            or FargateError.OverridesTooLong or FargateError.InvalidSshOption or FargateError.InvalidCommand
            or FargateError.InvalidImage or FargateError.DistributionUnknown or FargateError.InvalidFamily
            or FargateError.TaskDefinitionUnsuitable or FargateError.ServiceUnsuitable
            or FargateError.MissingMandatoryParameter or FargateError.InvalidTransport => ErrorCategory.InvalidArgument,
        FargateError.FileExists => ErrorCategory.ResourceExists,
        FargateError.InvalidPreset or FargateError.InvalidProfile => ErrorCategory.InvalidData,
        FargateError.PresetUnavailable => ErrorCategory.OpenError,
        FargateError.Throttled => ErrorCategory.LimitsExceeded,
        FargateError.QuotaExceeded => ErrorCategory.QuotaExceeded,
        FargateError.CapacityUnavailable or FargateError.LocalPortUnavailable => ErrorCategory.ResourceUnavailable,
        FargateError.StartTimeout or FargateError.CommandTimeout => ErrorCategory.OperationTimeout,
        FargateError.TaskStopped => ErrorCategory.OperationStopped,
        FargateError.SessionEnded or FargateError.TransportUnavailable => ErrorCategory.InvalidOperation,
        FargateError.EndpointUnreachable or FargateError.PortUnreachable or FargateError.SshFailed
            or FargateError.CopyInterrupted or FargateError.EcsExecUnavailable =>
            ErrorCategory.ConnectionError,
        FargateError.SshNotFound or FargateError.PluginNotFound or FargateError.ModuleIncomplete
            or FargateError.CopyUnavailable => ErrorCategory.NotInstalled,
        FargateError.JournalUnavailable or FargateError.FilesNotDeleted or FargateError.CopyFailed or FargateError.FileNotWritten
            or FargateError.TranscriptUnavailable => ErrorCategory.WriteError,
        FargateError.RequestRejected or FargateError.ServiceFailed or FargateError.StopFailed
            or FargateError.IngressNotRevoked
            or FargateError.KeyGenerationFailed or FargateError.RemoteProgramFailed => ErrorCategory.InvalidResult,
        _ => ErrorCategory.NotSpecified,
    };
}
