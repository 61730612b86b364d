using System.Management.Automation;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Completion;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Model;
using EcsFargateLogin.Pipeline;
using EcsFargateLogin.Setup;

namespace EcsFargateLogin.Cmdlets;

/// <summary>
/// Registers a task definition for sessions: from an image with start-sshd.sh alone, or also from an application's own task
/// definition. Of that it keeps environment, secrets, roles, volumes, log configuration and CPU architecture, and confinement
/// (user, read-only root file system, dropped capabilities) as far as an SSH server works with it; a warning says what is not
/// kept. Ports, health checks, other containers and load balancing are left out. Nothing else is created. -WhatIf shows what
/// would be registered, beside what exists.
/// </summary>
[Cmdlet(VerbsLifecycle.Register, "FargateLoginTaskDefinition", DefaultParameterSetName = NewSet, SupportsShouldProcess = true,
    HelpUri = HelpPages.Folder + "Register-FargateLoginTaskDefinition.md")]
[OutputType(typeof(FargateLoginTaskDefinition))]
public sealed class RegisterFargateLoginTaskDefinitionCommand : AwsCmdlet
{
    private const string NewSet = "New";
    private const string FromSet = "FromTaskDefinition";

    /// <summary>The image with the SSH server, as Export-FargateLoginContainer has prepared it.</summary>
    [Parameter(Mandatory = true, Position = 0,
        HelpMessage = "The image with the SSH server, as Export-FargateLoginContainer has prepared it.")]
    [ValidateNotNullOrEmpty]
    public string Image { get; set; } = "";

    /// <summary>The application's task definition: family (its latest revision), family:revision or ARN.</summary>
    [Parameter(Mandatory = true, ParameterSetName = FromSet,
        HelpMessage = "The application's task definition: family, family:revision or ARN.")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TaskDefinitionCompleter))]
    public string? FromTaskDefinition { get; set; }

    /// <summary>The application's container. Without it: the only one that its task definition has.</summary>
    [Parameter(ParameterSetName = FromSet, HelpMessage = "The application's container.")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ContainerNameCompleter))]
    public string? ContainerName { get; set; }

    /// <summary>
    /// The family to register a revision of, up to 255 letters, digits, hyphens and underscores. Without it: the image's
    /// name, with -cli at its end.
    /// </summary>
    [Parameter(HelpMessage = "The family to register a revision of.")]
    [TextPattern("^[A-Za-z0-9_-]{1,255}$",
        "'{0}' is no family: it has up to 255 letters, digits, hyphens and underscores.")]
    public string? Family { get; set; }

    /// <summary>The ARN of the role by which ECS pulls the image, reads secrets and writes the log.</summary>
    [Parameter(Mandatory = true, ParameterSetName = NewSet,
        HelpMessage = "The ARN of the role by which ECS pulls the image and writes the log.")]
    [Parameter(ParameterSetName = FromSet, HelpMessage = "The ARN of the role by which ECS pulls the image and writes the log.")]
    [ValidateNotNullOrEmpty]
    public string? ExecutionRoleArn { get; set; }

    /// <summary>The ARN of the role that the container's programs act as. Without it: the application's, or none.</summary>
    [Parameter(HelpMessage = "The ARN of the role that the container's programs act as.")]
    [ValidateNotNullOrEmpty]
    public string? TaskRoleArn { get; set; }

    /// <summary>
    /// The task's CPU: 0.25, 0.5, 1, 2, 4, 8 or 16 vCPUs, or the same in CPU units, of which 1024 are one vCPU: 256 to 16384.
    /// Without it: the application's, or 512.
    /// </summary>
    [Parameter(HelpMessage = "The task's vCPUs, 0.25 to 16, or its CPU units, 256 to 16384.")]
    [TaskSize(TaskSizeValue.Cpu)]
    [ArgumentCompleter(typeof(CpuCompleter))]
    public int? Cpu { get; set; }

    /// <summary>
    /// The task's memory in MiB, 512 to 122880, or with a unit, such as 4GB. Fargate accepts certain values for each -Cpu. Without
    /// it: the application's, or 1024.
    /// </summary>
    [Parameter(HelpMessage = "The task's memory in MiB, or with a unit, such as 4GB.")]
    [TaskSize(TaskSizeValue.Memory)]
    [ArgumentCompleter(typeof(MemoryCompleter))]
    public int? Memory { get; set; }

    /// <summary>The image's CPU architecture. Without it: the application's, or X86_64.</summary>
    [Parameter(HelpMessage = "The image's CPU architecture.")]
    [ValidateSet("X86_64", "ARM64")]
    public string? CpuArchitecture { get; set; }

    /// <summary>
    /// The log group of CloudWatch Logs, which has to exist. Without it: the application's, or /ecs/ and the family.
    /// </summary>
    [Parameter(HelpMessage = "The log group of CloudWatch Logs, which has to exist.")]
    [TextPattern("^[A-Za-z0-9_/.#-]{1,512}$",
        "'{0}' is no log group: it has up to 512 letters, digits and _ / . # -.")]
    public string? LogGroup { get; set; }

    /// <summary>The port that the SSH server listens on, 1 to 65535. Unprivileged containers need one above 1023.</summary>
    /// <value>22</value>
    [Parameter(HelpMessage = "The port that the SSH server listens on, 1 to 65535.")]
    [ValidateRange(1, 65535)]
    public int Port { get; set; } = ContainerContract.DefaultPort;

    /// <summary>Registers the task definition.</summary>
    protected override void ProcessRecord() => Guard(Image, () =>
    {
        var request = RequestOf(ImageReference.Parse(Image));
        var cloud = Connect();
        var registration = Await((_, cancellationToken) =>
            DefinitionRegistration.PrepareAsync(cloud, request, cancellationToken));
        if (!registration.LogsToCloudWatch)
        {
            WriteWarning("Its log is not in CloudWatch Logs, so that sessions cannot verify their host keys: see -LogGroup.");
        }

        foreach (var note in registration.Notes)
        {
            WriteWarning(note);
        }

        if (ShouldProcess(registration.Description, registration.Description, "Register task definition"))
        {
            WriteObject(Await((_, cancellationToken) => registration.RegisterAsync(cloud, cancellationToken)));
        }
    });

    private LoginDefinitionRequest RequestOf(ImageReference image) => new()
    {
        Image = image,
        Family = Family ?? image.LoginName.Replace('.', '-'),
        ExecutionRoleArn = ExecutionRoleArn,
        TaskRoleArn = TaskRoleArn,
        Cpu = Cpu,
        Memory = Memory,
        CpuArchitecture = CpuArchitecture,
        LogGroup = LogGroup,
        Port = Port,
        FromTaskDefinition = FromTaskDefinition,
        FromContainer = ContainerName,
    };
}
