namespace EcsFargateLogin;

// Errors about the services that sessions are modelled on.
internal static partial class FargateErrors
{
    internal static FargateException ServiceNotFound(string service, string cluster) => new(
        FargateError.ServiceNotFound,
        $"The cluster '{cluster}' has no active service '{service}'.",
        "Check -Service, -Cluster and -Region; 'aws ecs list-services' or Get-ECSClusterService lists those there are.")
    { Target = service };

    internal static FargateException ServiceUnsuitable(string service, string why) => new(
        FargateError.ServiceUnsuitable,
        $"No session can be started as a task of the service '{service}': {why}.",
        "Name a service of Fargate, or leave -Service out and name -TaskDefinition or -FromTaskDefinition, and -Subnet.")
    { Target = service };
}
