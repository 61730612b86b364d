using System.Collections;
using System.Management.Automation;

namespace EcsFargateLogin.Cmdlets;

// Who runs what, and why: the tags of the task.
public sealed partial class NewFargateSessionCommand
{
    /// <summary>
    /// Why the session is started, up to 256 characters of those that AWS's tags take: letters, digits, spaces and
    /// _ . : / = + - @. It becomes the task's tag 'ecs-fargate-login:reason', beside 'ecs-fargate-login:user', the local
    /// user and machine. Needs the permission ecs:TagResource.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true,
        HelpMessage = "Why the session is started: becomes a tag of the task. Up to 256 characters.")]
    [BlankIsDefault]
    [ValidateNotNullOrEmpty]
    public string? Reason { get; set; }

    /// <summary>
    /// Tags for the task, by key: up to 50 together with those of -Reason. Those of the task definition come with them,
    /// where there are any. Needs the permission ecs:TagResource.
    /// </summary>
    [Parameter(HelpMessage = "Tags for the task, by key: up to 50 together with those of -Reason.")]
    [ValidateNotNull]
    public Hashtable? Tag { get; set; }
}
