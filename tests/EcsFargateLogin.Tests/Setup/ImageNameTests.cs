using EcsFargateLogin.Setup;

namespace EcsFargateLogin.Tests.Setup;

public sealed class ImageNameTests
{
    [Theory]
    [InlineData("debian:12-slim", FargateDistribution.Debian)]
    [InlineData("node:22-bookworm-slim", FargateDistribution.Debian)]
    [InlineData("ubuntu:24.04", FargateDistribution.Ubuntu)]
    [InlineData("eclipse-temurin:21-jdk-jammy", FargateDistribution.Ubuntu)]
    [InlineData("ruby:3.3-alpine3.20", FargateDistribution.Alpine)]
    [InlineData("public.ecr.aws/amazonlinux/amazonlinux:2023", FargateDistribution.AmazonLinux)]
    [InlineData("ghcr.io/acme/app:7-al2023", FargateDistribution.AmazonLinux)]
    public void The_distribution_is_what_the_name_tells(string image, FargateDistribution expected) =>
        Assert.Equal(expected, DistributionNames.Of(ImageReference.Parse(image)));

    [Theory]
    [InlineData("rails:7")]
    [InlineData("debian.example.com/rails:7")]
    [InlineData("alpine-to-debian:1")]
    [InlineData("python:3.12-slim")]
    public void A_name_that_tells_none_or_two_is_an_error_with_the_choices(string image)
    {
        var error = Assert.Throws<FargateException>(() => DistributionNames.Of(ImageReference.Parse(image)));

        Assert.Equal((FargateError.DistributionUnknown, image), (error.Error, error.Target));
        Assert.Contains("-Distribution: Debian, Ubuntu, Alpine, AmazonLinux", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gcr.io/distroless/base-debian12")]
    [InlineData("scratch")]
    [InlineData("busybox:1.37")]
    public void An_image_without_a_package_manager_is_an_error_that_says_so(string image)
    {
        var error = Assert.Throws<FargateException>(() => DistributionNames.Of(ImageReference.Parse(image)));

        Assert.Contains("no package manager", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rails", null, "rails", null, "rails-cli")]
    [InlineData("acme/rails-cli:7", null, "acme/rails-cli", "7", "rails-cli")]
    [InlineData("localhost:5000/rails:7", "localhost:5000", "rails", "7", "rails-cli")]
    [InlineData(
        "1.dkr.ecr.eu-central-1.amazonaws.com/a/b@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "1.dkr.ecr.eu-central-1.amazonaws.com", "a/b", null, "b-cli")]
    public void The_parts_of_a_name_are_Dockers(string text, string? registry, string repository, string? tag, string loginName)
    {
        var image = ImageReference.Parse(text);

        Assert.Equal((registry, repository, tag, loginName), (image.Registry, image.Repository, image.Tag, image.LoginName));
    }

    [Theory]
    [InlineData("Rails")]
    [InlineData("rails:7\nRUN evil")]
    [InlineData("rails:7\n")]
    [InlineData("rails;ls")]
    [InlineData("$(id)")]
    [InlineData("rails:7:8")]
    [InlineData("/rails")]
    public void What_is_no_name_of_an_image_gets_into_no_file(string text) =>
        Assert.Equal(FargateError.InvalidImage, Assert.Throws<FargateException>(() => ImageReference.Parse(text)).Error);
}
