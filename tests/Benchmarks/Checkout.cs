namespace Benchmarks;

/// <summary>The checkout that this program was built in.</summary>
internal static class Checkout
{
    private static readonly string s_root = FindRoot();

    /// <summary>The module's manifest.</summary>
    public static string Manifest { get; } = Path.Combine(s_root, "EcsFargateLogin.psd1");

    /// <summary>The folder of everything else that ships.</summary>
    public static string Module { get; } = Path.Combine(s_root, "module");

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
