using System.Management.Automation;

namespace EcsFargateLogin.Cmdlets;

// -AsJob.
public sealed partial class InvokeFargateCommandCommand
{
    /// <summary>Variables with credentials and region, which the job's own runspace gets a copy of.</summary>
    private static readonly string[] Variables = ["StoredAWSCredentials", "StoredAWSRegion"];

    /// <summary>Parameters that the command of a job does not get, because it has a session, the input and a file's full path.</summary>
    private static readonly string[] ParametersOfJobs =
    [
        nameof(AsJob), nameof(JobName), nameof(Session), nameof(InputObject), nameof(FilePath), nameof(Service), nameof(TaskArn),
        nameof(Cluster), nameof(ContainerName),
    ];

    private void StartJob(IReadOnlyList<FargateSession> sessions)
    {
        var parameters = MyInvocation.BoundParameters
            .Where(parameter => !ParametersOfJobs.Contains(parameter.Key))
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
        CommandChildJob[] children =
            [.. sessions.Select(session => new CommandChildJob(session, command, parameters, variables))];
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
