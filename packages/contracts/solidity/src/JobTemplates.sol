// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICourt} from "./interfaces/ICourt.sol";
import {IJobTemplates} from "./interfaces/IJobTemplates.sol";
import {TermsHash} from "./libraries/TermsHash.sol";

/// @title Published rules that jobs can be created from
/// @notice Has no owner and holds no money. Rules and texts are in the events; only their hash is stored.
contract JobTemplates is IJobTemplates {
    uint16 public constant MAX_FEE_BPS = 1_000;
    uint256 public constant MAX_NAME_BYTES = 100;
    uint256 public constant MAX_URI_BYTES = 1_024;

    /// @inheritdoc IJobTemplates
    uint32 public templateCount;

    mapping(uint32 templateId => Template template) private _templates;

    modifier onlyCreator(uint32 templateId) {
        require(msg.sender == _existing(templateId).creator, NotCreator(templateId, msg.sender));
        _;
    }

    /// @inheritdoc IJobTemplates
    function create(string calldata name, string calldata metadataURI, ICourt.Rules calldata rules, uint16 feeBps)
        external
        returns (uint32 templateId)
    {
        _requireSound(name, metadataURI, feeBps);
        templateId = ++templateCount;
        _templates[templateId] = Template(msg.sender, feeBps, true, TermsHash.ofRules(rules));
        emit TemplateCreated(templateId, msg.sender, feeBps, name, metadataURI, rules);
    }

    /// @inheritdoc IJobTemplates
    function update(
        uint32 templateId,
        string calldata name,
        string calldata metadataURI,
        ICourt.Rules calldata rules,
        uint16 feeBps
    ) external onlyCreator(templateId) {
        _requireSound(name, metadataURI, feeBps);
        Template storage template = _templates[templateId];
        // A provider's offer names its template, not the fee: raised between signature and taking it would be unsigned.
        require(feeBps <= template.feeBps, TemplateFeeTooHigh(feeBps));
        (template.feeBps, template.rulesHash) = (feeBps, TermsHash.ofRules(rules));
        emit TemplateUpdated(templateId, feeBps, name, metadataURI, rules);
    }

    /// @inheritdoc IJobTemplates
    function setActive(uint32 templateId, bool active) external onlyCreator(templateId) {
        _templates[templateId].active = active;
        emit TemplateActivated(templateId, active);
    }

    /// @inheritdoc IJobTemplates
    function transfer(uint32 templateId, address creator) external onlyCreator(templateId) {
        require(creator != address(0), ZeroCreator());
        _templates[templateId].creator = creator;
        emit TemplateTransferred(templateId, creator);
    }

    /// @inheritdoc IJobTemplates
    function getTemplate(uint32 templateId) external view returns (Template memory) {
        return _existing(templateId);
    }

    function _existing(uint32 templateId) private view returns (Template storage template) {
        template = _templates[templateId];
        require(template.creator != address(0), TemplateNotFound(templateId));
    }

    function _requireSound(string calldata name, string calldata metadataURI, uint16 feeBps) private pure {
        require(bytes(name).length <= MAX_NAME_BYTES, TextTooLong(bytes(name).length));
        require(bytes(metadataURI).length <= MAX_URI_BYTES, TextTooLong(bytes(metadataURI).length));
        require(feeBps <= MAX_FEE_BPS, TemplateFeeTooHigh(feeBps));
    }
}
