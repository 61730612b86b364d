using System.Management.Automation;

namespace EcsFargateLogin.Cmdlets;

// -AsJob: the same command in the background.
public sealed partial class InvokeFargateCommandCommand
{
    /// <summary>Variables with credentials and region, which the job's own runspace gets a copy of.</summary>
    private static readonly string[] Variables = ["StoredAWSCredentials", "StoredAWSRegion"];

    /// <summary>
    /// Runs the command as a job with one child job a session, and returns that at once. A job keeps what was printed until it is
    /// received.
    /// </summary>
    [Parameter(HelpMessage = "Runs the command as a job with one child job a session.")]
    public SwitchParameter AsJob { get; set; }

    /// <summary>The name of the job.</summary>
    [Parameter(HelpMessage = "The name of the job.")]
    [ValidateNotNullOrEmpty]
    public string? JobName { get; set; }

    private void StartJob(IReadOnlyList<FargateSession> sessions)
    {
        var parameters = MyInvocation.BoundParameters
            .Where(parameter => parameter.Key is not (nameof(AsJob) or nameof(JobName) or nameof(Session) or nameof(InputObject)
                or nameof(FilePath)))
            .ToDictionary(parameter => parameter.Key, parameter => (object?)parameter.Value);
        if (FilePath.Length > 0)
        {
            parameters[nameof(FilePath)] = GetUnresolvedProviderPathFromPSPath(FilePath);
        }

        if (_input.Bytes.Length > 0)
        {
            parameters[nameof(InputObject)] = _input.Bytes.ToArray();
        }

        var variables = Variables
            .Select(name => (Name: name, Value: SessionState.PSVariable.GetValue(name)))
            .Where(variable => variable.Value is not null)
            .ToDictionary(variable => variable.Name, variable => (object?)variable.Value);
        var command = FilePath.Length > 0 ? FilePath : Command;
        CommandChildJob[] children = [.. sessions.Select(session => new CommandChildJob(session, command, parameters, variables))];
        CommandJob job = new(command, JobName, children, ThrottleLimit);
        foreach (var child in children)
        {
            Owned.HandOver(child.Session, child.Runspace);
        }

        JobRepository.Add(job);
        job.Start();
        WriteObject(job);
    }
}
