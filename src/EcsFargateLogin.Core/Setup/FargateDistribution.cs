namespace EcsFargateLogin;

/// <summary>A Linux distribution, which determines the package manager that installs the SSH server of an image.</summary>
public enum FargateDistribution
{
    /// <summary>Debian: apt-get.</summary>
    Debian,
    /// <summary>Ubuntu: apt-get.</summary>
    Ubuntu,
    /// <summary>Alpine: apk.</summary>
    Alpine,
    /// <summary>Amazon Linux 2 and 2023: yum, dnf or microdnf.</summary>
    AmazonLinux,
}
