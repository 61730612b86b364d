namespace EcsFargateLogin.EndToEnd.Container;

/// <summary>The files of the repository that these tests are about.</summary>
internal static class ContainerFiles
{
    private static readonly string Repository = FindRepository();

    public static string SandboxPath { get; } =
        System.IO.Path.Combine(Repository, "tests", "EcsFargateLogin.EndToEnd", "Container", "sandbox.sh");

    public static string NetworkPath { get; } =
        System.IO.Path.Combine(Repository, "tests", "EcsFargateLogin.EndToEnd", "Container", "network.sh");

    public static string InRepository(params string[] parts) => System.IO.Path.Combine([Repository, .. parts]);

    public static string Path(string name) => System.IO.Path.Combine(Repository, "module", "container", name);

    private static string FindRepository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "EcsFargateLogin.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"{AppContext.BaseDirectory} does not lie in the repository.");
    }
}
