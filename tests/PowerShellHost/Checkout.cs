namespace PowerShellHost;

/// <summary>The checkout of the repository that this program was built in.</summary>
public static class Checkout
{
    /// <summary>Its folder.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The module's manifest.</summary>
    public static string Manifest { get; } = Path.Combine(Root, "EcsFargateLogin.psd1");

    /// <summary>The folder of everything else that ships.</summary>
    public static string Module { get; } = Path.Combine(Root, "module");

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "EcsFargateLogin.sln")))
        {
            folder = Path.GetDirectoryName(folder)
                ?? throw new InvalidOperationException("This program does not lie in a checkout of the repository.");
        }

        return folder;
    }
}
